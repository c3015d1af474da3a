"""Common English words, so that a capital at the start of a sentence is not taken for a name."""

from toolweave.checks.words_en import listed

COMMON_WORDS = frozenset(
    listed("""
a a&e able about above absolutely accept accepted access according account accounts across action
actions activated active activity actor actors actual actually add added adding addition additional
additionally address addresses adjacent adjust adjusted adults after afternoon afterwards again
against age agent agents ago agree agreed ah aha ahead ai ain't airline airlines airport alarm alas
alert alerts all allow allowed allows almost along alongside already alright also alternatively
although altogether always am amazing amenities amid among amongst amount amounts an and animal
annual another answer any anybody anyhow anyone anything anyway apart apartment apartments api
apologies apologise apologize app apparently appears application applied apply appointment
appointments appreciate approval approve approved apps apr april are area aren't around arrange
arranged arrival arrive arrived arrives article as asap aside ask asked asking assets assigned
assist assistance assistant assured at atm attached attempt attempts attention auditor aug august
author available average avoid awaiting award aware away awesome baby back bad bag bags balance
balcony bank bar bars base based basic basically bath be beach bear because become bed bedroom
bedrooms been before began begin beginning behind being believe below beneficiary beside besides
best better between beyond bic big bike bill billed billing bills bird birthday bit block blocked
blood bluetooth board boat body bonus book booked booking bookings boots boss both bottle bottom
bought box boy bravo break breakdown breakdowns breakfast bridge brief briefly brilliant bring
broadband broken bronze brother brought browser budget bug build building bulk bullet bus business
but buy by bye cabin cable calendar call called calling calls came camera campaign campaigns can
can't cancel canceled cancellation cancelled cannot capacity car card cards care careful cargo
carrier case cases cash cat category cattle cause caused caution cell center central centre certain
certainly chain chair chance change changed changes changing channel chapter charge charged charges
chat cheap cheaper cheapest check checked checking checklist checks cheers child children choice
choose chosen christmas church cinema city claim claimant claims class clear cleared clearly clerk
click client clients clinic clock close closed closest cloth clothes cloudy coach coast coat code
codes coffee cold collect collected collection college color colour column combined come comes
coming comment comments common community company compare compared competition complaint complete
completed completely completion computer concern concerning condition conditions conference confirm
confirmation confirmed confirming confirms congrats congratulations connect connected connection
consider considering consignee consignment consignments contact contacts contain container
containers contains content continue contract contractor control cook cool copy corn corner correct
cost costliest costs could couldn't count country couple course courses court cover coverage
covered covers cow craft create created creating creation credit crew criteria critical crop crops
crossed crowd csv cup currency current currently curtain customer customers customs cut cv cvv
daily damage damaged dark data database date dates daughter day days deactivate deactivated
deadline deal dealer dear dearest death debt dec december decide decided decision default degree
delay delayed delays deleted delighted deliver delivered deliveries delivery demand dentist
department departs departure depending deposit description design desk despite destination detail
detailed details determine device devices diagnose diagnosed diagnostics dial did didn't diet
difference different digital dinner direct directly director discount discounts dispute disputed
dns do doctor document documents does doesn't dog doing dollars domain domestic don't done door
dorm dose double down downgrade downgraded downtown dr draft drawer dress drink drive driven driver
drivers driving dropoff drought drove dry due duration during duty each earlier earliest early
earth east easter eastern easy economy edge edit editor education effect effective egg eight eighth
either election electric eleven eligibility eligible else email emails employee employees empty
enable enabled enclosed end ended ending ends energy engine engineer engineers enjoy enough ensure
enter entire entirely entries entry environment episode equipment equity er error errors escalate
escalated escalation escrow esim especially essentially estate estimate estimated estimates eta etd
eur euros even evening event events ever every everybody everyone everything exact exactly exam
example exams excellent except exchange exclusive excuse existing expect expected expense expensive
expert expires expiry explain export express extend extended extra eye fabric face fact factor
factory fail failed failure fair fall family fantastic faq faqs far farm farmer farms fast fastest
father feb february fee feed feedback feel fees fence fertiliser fertilizer festival few fi fiber
fibre field fields fifteen fifth fifty figure file filed files film films final finally finance
financial find finding fine fingers finish finished fire firewall first fish fit five fix fixed
flagged flat flew flight flights floor flow flower flown fly flying focus foggy follow followed
following follows food foot for forecast forest forget form former forms forty forward found four
fourth fragile frankly fraud fraudulent free freight frequently fresh fri friday friend friends
from front fruit fuel full fully function fund funds furniture further furthermore future fyi game
garage garden gas gate gave gbp general generally generate generated get gets getting gift girl
give given gives giving glad glass gloves gluten gmt go goal goals goes going gold gone good
goodbye goods got gotcha gps grab grade grades grain grant grants great green greetings grid
grocery ground group guarantee guard guest guests guide gym had hadn't hair halal half hall hand
handle handled hang happen happened happens happy hard harvest has hasn't hat have haven't having
hazard hazardous he he'd head heading health hear heard heart heat heating heavy height held hello
helmet help helped helpful hence henceforth her herd here here'll here's hereby herein hey hi high
higher highest highlights highly hill him hire hired hiring his historical history hit hiya hmm
hold holding holiday holidays home honestly hoodie hooray hope hopefully horse hospital host hostel
hotel hotels hotline hotspot hour hours house housing how how's howdy however hr html humidity
hundred husband i i'd i'll i'm i've iban iccid ice id idea identified identifier ids if image
images imei immediate immediately impact important in inactive incident incidents include included
includes including inclusive income incorrect increase indeed index individual industry ineligible
infants info inform information initial initially injury inn inside inspection inspections install
installed instance instead insurance insured interest interested internal international internet
internship interview interviews into inventory investment invoice invoices is island isn't issue
issued issues it it'll it's item items its itself jacket jan january jeans job jobs join joint
journey judge jul july jumper jun june just keep keeping kept key keys kind kindly king kitchen
know known kosher lab lake lamp land lane language laptop large largest last late later latest
launch law lawyer layer layover lead leaf leak leaking learn learned least leave leaves leaving
lecture led left leg legal legs length lens less lesson lessons let let's lets letter letters level
liability library license lift light lights like likely limit limited line lines link liquid list
listed listing lists lithium little live lived lives load loading loan local located location
locations lock locked log logged logistics long longer longest look looked looking looks lost lot
lots lounge low lower lowest luckily luggage lunch machine machines madam made mail main
maintenance major make makes making malware manage management manager manual manually manufacturing
many map mar march mark marked market marketing marks marvellous marvelous mask master match
matched matches matching material materials matter maximum may maybe me meal meals mean meaning
means meantime meanwhile meat media medical medium meet meeting member members memory mention
mentioned menu merchant message messages met meter method metre metres middle might mightn't mile
miles milk million mind mine minimum minor minus minute minutes miss missed missing mix mobile
model modem moisture moment mon monday monitor month monthly months more moreover morning mortgage
most mostly motel mother motor mountain mouse move moved movie movies moving mr mrs ms much mug
multiple museum music must mustn't my myself name named namely names national near nearby nearest
nearly necessary neck need needed needn't needs neighbourhood neither net network never
nevertheless new newest news next nice night nights nine ninth no nobody noise non none
nonrefundable nonstop nope nor normal normally north northern not note noted notes nothing notice
notification notifications notified notify nov november now number numbers nurse object occupancy
ocean oct october of off offer offered offers office officer often oh oil ok ok'd okay old older on
once one ones online only onto oops open opened opening opens operation operator opposite option
optional options or orbit order ordered orders original other others otherwise otp ouch our ours
out outage outages outcome outside outstanding oven over overall overdraft overdue overnight
overview owed owes owing own owner owners oxygen pack package packages packed packing page paid
paint pallet pallets paper parcel pardon parent parents park parking part partial partially
particular partner parts party pass passed passenger passengers passport password past patch path
patient patients pattern pause paused pay payable payee payer paying payment payments payout pdf
pdfs pen pending penthouse people per percent perfect perfectly perhaps period perishable permit
permits person personal pest pet phishing phone photo photos pick picked pickup picture piece pin
ping pipe pitch pixel place placed plan plane planned planning plans plant plate platform platinum
play player please plot plug plus pm po pod point points pole police policies policy pool poor port
portfolio position positive possible post pound pounds power premium premiums prepared present
press pressure pretty previous previously price prices pricier pricing primary print prior priority
private prize probably problem problems process processed processing produce product production
products professor profile program programme progress project projects promise promotion proof
proper properly properties property proposal provide provided provider provides provisional ps psa
public pull pump pumps purchase purchased purchases purpose pursuant push put q&a qr quality
quantity quarter queen question questions queue quick quickest quickly quite quota quote quotes r&d
radio rail rain rainfall rainy raise raised range rank ranked rate rates rather rating raw reach
reached react read ready real really rear reason reboot rebooted recall recap receipt receive
received recent recently recipe recipient recommend recommended record recorded records recover
reduce reduced refer reference refill refresh refrigerator refund refundable refunded refunds
regarding regards region register registered registration regret regrettably regular reinstated
reject rejected related released relevant reload remain remaining remains remember remind reminder
remote remove removed rename render renew renewal rent rental repair repairs repeat replaced
replacement reply report reported reporter reports reproduce reproduced request requested requests
require required requirement requirements requires reschedule rescheduled resend resent reservation
reservations reserve reserved reset resolution resolve resolved resort response rest restart
restaurant restored result resulting results retail retried retry return returned returning returns
review reviewed reviews right ring risk river road robot role roll roof room rooms root rope rotate
round roundtrip route router routers rows rsvp rug rule run running rural sadly safe said sale
sales same sample samples sand sat satellite saturday sauna save saved savings saw say says scan
scanned scarf scene scenes schedule scheduled scheme scholarship school science scope score screen
script scroll sea search searched season seat seats second section secure security see seed seeds
seeing seems seen select selected self sell semester seminar send sender sending sends senior
sensor sensors sent sep separate separately sept september series serious serve server servers
service services session set setting settings settled setup seven seventh several severity shan't
share shared she she'd shelf shelves shift shifts ship shipment shipments shipped shipper shipping
shirt shoe shoes shop shops short shortest shortly shot shots should shouldn't show shower showing
shown shows side sign signal signed silver sim similar similarly simple simply since sincerely
single sir sister sit site six sixth size ski skill skills skin skip skipped sky sleep slide slot
slots slowest small smaller smallest sms sneakers snow snowy so sofa software soil solar sold
soldier solution solve solved some somebody someone something sometimes somewhat somewhere son song
soon sooner sorry sort sound sounds source south southern sow spa space spare speak special
specialist specific specifically speed spend spent splendid sport sports spot spread spring square
ssid stadium staff stage stairs stall stamp stand standard star start started starting starts state
statement states station status stay stays steel step steps still stock stop stopover stopped stops
storage store stored storm story straight strategy stream street string strong strongest student
students studio subject submit submitted subnet subscription subtotal suburb success successful
successfully such suggest suggested suite sum summary summer sun sunday sunny superb supervisor
supplier suppliers supply support supported sure surely surface survey suspended suspicious sweater
swift swipe switch syllabus sync synced system systems ta table take taken takes taking talk tank
tap target tariff tariffs task tasks tax taxable tea teacher team teams technical technician tell
temperature ten tenant tender tent tenth term terms terrace terrific test tested text than thank
thanks that that'll that's the theater theatre their them then there there'll there's thereafter
thereby therefore these they they'd they'll they're they've thing things think third thirty this
those though thought thousand thread threat threats three thrilled through throughout thu
thunderstorms thur thurs thursday thus ticket tickets tide tie tile timber time times tip tips tire
tires title to today toddlers together told toll tomorrow tone tonight too took tool tooth top
topic total totals touch tour toward towards tower town toy trace track tracked tracking trade
traffic trail trailer train trainer trains transaction transactions transfer transferred transit
transport travel treatment tree trial tried trip trips trouble troubleshoot truck true trust try
trying tue tues tuesday tuition turn turned turns tutor tutorial tv twelve twenty twice twin two
type types um unauthorised unauthorized under understand understood underway unfortunately uniform
union unit units university unless unlike unlock unlocked unpaid unplug unplugged unrecognised
unrecognized unsure until untracked up upcoming update updated updates updating upgrade upload
uploaded upon uptown urgent url urls us usage usb usd use used useful user users uses using usual
usually utc vaccine valid value values valve van variety various vat vegan vegetarian vehicle
vehicles vendor vendors venue verification verified verify version versus very vessel via victim
video videos view village vip visa visit visited visits voice void voltage volume vote vpn wait
waiting wake walk wall wallet want wanted wants warehouse warm warn warning warranty was wash
wasn't watch water wave way ways we we'd we'll we're we've wear weather wed wedding wednesday week
weekend weekly weeks weigh weighs weight welcome well went were weren't west wet what what'll
what's whatever wheat wheel when whenever where where's whereas wherever whether which whichever
while whilst who who'll who's whoa whole whom whoops whose why wide wife wifi wild will wind window
windows windy wine winter wire wireless wish with within without won't wonderful wood word words
work worked worker workers working works workshop world worldwide worry worth would wouldn't wow
wrap write written wrong xl xs xxl y'all yard yeah year yearly years yep yes yesterday yet yield
yields yikes you you'd you'll you're you've young your yours yourself yup zero zone
""")
)
