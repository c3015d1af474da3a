"""Common English words, so that a capital at the start of a sentence is not taken for a name."""

from toolweave.checks.words_en import listed

COMMON_WORDS = frozenset(
    listed("""
a able about above absolutely accept accepted access according account accounts across action
actions active activity actor actors actual actually add added adding addition additional
additionally address addresses adjust adjusted after afternoon afterwards again against age
agent agents ago agree agreed ahead ai airline airlines airport alarm alas alert alerts all
allow allowed allows almost along already alright also alternatively although always am amazing
amount amounts an and animal another answer any anybody anyhow anyone anything anyway apart
apartment apartments api apologies apologise apologize app apparently appears application
applied apply appointment appointments appreciate approval approve approved apps apr april are
area aren't around arrange arranged arrival arrive arrived arrives article as asap aside ask
asked asking assets assigned assist assistance assistant at atm attached attempt attempts
attention auditor aug august author available average avoid awaiting award aware away baby back
bad bag bags balance bank base based basic basically bath be beach bear because become bed
bedroom bedrooms been before began begin beginning behind being believe below beside besides
best better between beyond big bike bill billed billing bills bird birthday bit block blocked
blood board boat body bonus book booked booking bookings boss both bottle bottom bought box boy
break breakfast bridge brief briefly bring broken brother brought browser budget bug build
building bulk bus business but buy by cabin cable calendar call called calling calls came camera
campaign campaigns can can't cancel canceled cancellation cancelled cannot capacity car card
cards care careful cargo carrier case cases cash cat category cattle cause caused caution cell
center centre certain certainly chain chair chance change changed changes changing channel
chapter charge charged charges chat cheap cheaper cheapest check checked checking checks cheers
child children choice choose chosen church cinema city claim claimant claims class clear cleared
clearly clerk client clients clinic clock close closed closest cloth clothes coach coast coat
code codes coffee cold collect collected collection college color colour column come comes
coming comment comments common community company compare compared competition complaint complete
completed completely completion computer concern concerning condition conditions conference
confirm confirmation confirmed confirming confirms congrats congratulations connect connected
connection consider considering contact contacts contain container containers contains content
continue contract contractor control cook copy corn corner correct cost costs could couldn't
count country couple course courses court cover coverage covered covers cow craft create created
creating creation credit crew criteria critical crop crops crowd cup currency current currently
customer customers cut cv daily damage damaged dark data database date dates daughter day days
deadline deal dealer dear death debt dec december decide decided decision default degree delay
delayed delays deleted deliver delivered deliveries delivery demand dentist department departs
departure depending deposit description design despite destination detail detailed details
determine device devices did didn't diet difference different digital dinner direct directly
director discount discounts do doctor document documents does doesn't dog doing dollars domain
don't done door dose double down dr draft drawer dress drink drive driven driver drivers driving
drought drove dry due duration during duty each earlier earliest early earth east eastern easy
economy edge edit editor education effect effective egg eight eighth either election electric
eleven else email emails employee employees empty enable enabled end ended ending ends energy
engine engineer engineers enjoy enough ensure enter entire entirely entries entry environment
episode equipment equity error errors escalate escalated escalation escrow especially
essentially estate estimate estimated estimates eta eur euros even evening event events ever
every everybody everyone everything exact exactly exam example exams excellent except exchange
excuse existing expect expected expense expensive expert expires expiry explain export express
extend extended extra eye fabric face fact factory fail failed failure fair fall family faq far
farm farmer farms fast father feb february fee feed feedback feel fees fence fertiliser
fertilizer festival few field fields fifteen fifth fifty figure file filed files film films
final finally finance financial find finding fine finish finished fire firewall first fish fit
five fix fixed flagged flat flew flight flights floor flow flower flown fly flying focus follow
followed following follows food foot for forecast forest forget form former forms forty forward
found four fourth frankly free freight frequently fresh fri friday friend friends from front
fruit fuel full fully function fund funds furniture further furthermore future fyi game garage
garden gas gate gave gbp general generally generate generated get gets getting gift girl give
given gives giving glad glass gmt go goal goals goes going gold gone good goodbye goods got grab
grade grades grain grant grants great green greetings grid grocery ground group guarantee guard
guest guests guide had hair half hall hand handle handled happen happened happens happy hard
harvest has hasn't hat have haven't having hazard he head heading health hear heard heart heat
heating heavy height held hello helmet help helped helpful hence her herd here here's hey hi
high higher highest highly hill him hire hired hiring his historical history hit hold holding
holiday holidays home honestly hooray hope hopefully horse hospital host hotel hotels hour hours
house housing how how's however hr humidity hundred husband i i'd i'll i'm i've iban ice id idea
identified identifier ids if image images immediate immediately impact important in inactive
incident incidents include included includes including income incorrect increase indeed index
individual industry info inform information initial initially injury inside inspection
inspections install installed instance instead insurance interest interested internal
international internet internship interview interviews into inventory investment invoice
invoices is island isn't issue issued issues it it's item items its itself jacket jan january
job jobs join joint journey judge jul july jun june just keep keeping kept key keys kind kindly
kitchen know known lab lake land lane language laptop large largest last late later latest
launch law lawyer layer layover lead leaf leak leaking learn learned least leave leaves leaving
lecture led left leg legal legs length lens less lesson lessons let let's lets letter letters
level liability library license lift light lights like likely limit limited line lines link
liquid list listed listing lists little live lived lives load loading loan local located
location locations lock locked log logged logistics long longer look looked looking looks lost
lot lots lounge low lower lowest luckily luggage lunch machine machines madam made mail main
maintenance major make makes making malware manage management manager manual manually
manufacturing many map mar march mark marked market marketing marks mask master match matched
matches matching material materials matter maximum may maybe me meal meals mean meaning means
meantime meanwhile meat media medical medium meet meeting member members memory mention
mentioned menu message messages met meter method metre metres middle might mile miles milk
million mind mine minimum minor minute minutes miss missed missing mix mobile model modem
moisture moment mon monday monitor month monthly months more moreover morning most mostly mother
motor mountain mouse move moved movie movies moving mr mrs ms much multiple museum music must my
myself name named namely names national near nearest nearly necessary neck need needed needs
neighbourhood neither net network never nevertheless new newest news next nice night nights nine
ninth no nobody noise non none nonstop nope nor normal normally north northern not note noted
notes nothing notice notification notifications notified notify nov november now number numbers
nurse object occupancy ocean oct october of off offer offered offers office officer often oh oil
ok okay old older on once one ones online only onto oops open opened opening opens operation
operator option optional options or orbit order ordered orders original other others otherwise
ouch our ours out outage outages outcome outside outstanding oven over overall overdue own owner
owners oxygen pack package packages packed packing page paid paint paper parcel parent parents
park parking part partial partially particular partner parts party pass passed passenger
passengers passport password past patch path patient patients pattern pause paused pay payable
paying payment payments payout pdf pen pending people per percent perfect perfectly perhaps
period permit permits person personal pest pet phishing phone photo photos pick picked picture
piece pin ping pipe pitch pixel place placed plan plane planned planning plans plant plate
platform play player please plot plug plus pm po pod point points pole police policies policy
pool poor port portfolio position positive possible post pound pounds power premium premiums
prepared present press pressure previous previously price prices pricing primary print prior
priority private prize probably problem problems process processed processing produce product
production products professor profile program programme progress project projects promise
promotion proof proper properly properties property proposal provide provided provider provides
public pull pump pumps purchase purchased purchases purpose push put q&a quality quantity
quarter question questions queue quick quickly quite quota quote quotes radio rail rain rainfall
raise raised range rank ranked rate rates rather rating raw reach reached react read ready real
really rear reason recall receipt receive received recent recently recipe recommend recommended
record recorded records recover reduce reduced refer reference refill refresh refrigerator
refund refunded refunds regarding regards region register registered registration regret
regrettably regular reject rejected related released relevant reload remain remaining remains
remember remind reminder remote remove removed rename render renew renewal rent rental repair
repairs repeat replaced replacement reply report reported reporter reports request requested
requests require required requirement requirements requires reschedule rescheduled resend resent
reservation reservations reserve reserved reset resolution resolve resolved response rest
restart restaurant restored result resulting results retail retried retry return returned
returning returns review reviewed reviews right ring risk river road robot role roll roof room
rooms root rope rotate round roundtrip route router routers rows rsvp rule run running rural
safe said sale sales same sample samples sand sat satellite saturday save saved savings saw say
says scan scanned scene scenes schedule scheduled scheme scholarship school science scope score
screen script sea search searched season seat seats second section secure security see seed
seeds seeing seems seen select selected self sell semester seminar send sender sending sends
senior sensor sensors sent sep separate separately sept september series serious serve server
servers service services session set setting settings settled setup seven seventh several
severity share shared she shelf shelves shift shifts ship shipment shipments shipped shipping
shirt shoe shoes shop shops short shortly shot shots should shouldn't show shower showing shown
shows side sign signal signed silver similar similarly simple simply since sincerely single sir
sister sit site six sixth size ski skill skills skin skip skipped sky sleep slide slot slots
small smaller smallest sms snow so software soil solar sold soldier solution solve solved some
somebody someone something sometimes somewhere son song soon sooner sorry sort sound sounds
source south southern sow space spare speak special specialist specific specifically speed spend
spent sport sports spot spread spring square stadium staff stage stairs stall stamp stand
standard star start started starting starts state statement states station status stay stays
steel step steps still stock stop stopover stopped stops storage store stored storm story
straight strategy stream street string strong student students studio subject submit submitted
subnet subscription subtotal suburb success successful successfully such suggest suggested suite
sum summary summer sun sunday supervisor supplier suppliers supply support supported sure surely
surface survey switch syllabus sync synced system systems table take taken takes taking talk
tank tap target tariff tariffs task tasks tax tea teacher team teams technical technician tell
temperature ten tenant tender tent tenth term terms test tested text than thank thanks that
that's the theater theatre their them then there there's therefore these they they'll they're
they've thing things think third thirty this those though thought thousand thread threat threats
three through throughout thu thur thurs thursday thus ticket tickets tide tie tile timber time
times tire tires title to today together told toll tomorrow tone tonight too took tool tooth top
topic total totals touch tour toward towards tower town toy trace track tracked tracking trade
traffic trail trailer train trainer trains transaction transactions transfer transferred transit
transport travel treatment tree trial tried trip trips trouble truck true trust try trying tue
tues tuesday tuition turn turned turns tutor tutorial tv twelve twenty twice two type types
under understand understood unfortunately uniform union unit units university unless unlike
unlock unlocked unpaid unsure until up upcoming update updated updates updating upgrade upload
uploaded upon urgent url us usage usb usd use used useful user users uses using usual usually
utc vaccine valid value values valve van variety various vat vehicle vehicles vendor vendors
venue verification verified verify version very vessel via victim video videos view village vip
visa visit visited visits voice void voltage volume vote wait waiting wake walk wall wallet want
wanted wants warehouse warm warn warning warranty was wash wasn't watch water wave way ways we
we'd we'll we're we've wear weather wed wedding wednesday week weekend weekly weeks weigh weighs
weight welcome well went were weren't west wet what what's whatever wheat wheel when whenever
where where's whereas wherever whether which whichever while who who's whoa whole whom whose why
wide wife wifi wild will wind window windows wine winter wire wireless wish with within without
won't wonderful wood word words work worked worker workers working works workshop world worry
would wouldn't wow wrap write written wrong yard yeah year yearly years yep yes yesterday yet
yield yields you you'd you'll you're you've young your yours yourself yup zero zone
""")
)
