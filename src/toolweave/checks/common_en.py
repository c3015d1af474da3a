"""Common English words, so that a capital at the start of a sentence is not taken for a name."""

from toolweave.checks.words_en import listed

COMMON_WORDS = frozenset(
    listed("""
a a&e able about above absolutely accept accepted access according account accounts across action
actions activated active activity actor actors actual actually add added adding addition additional
additionally address addresses adjacent adjust adjusted adults afraid after afternoon afterward
afterwards again against age agent agents ago agree agreed agreement ah aha ahead ai aim ain't
airline airlines airport aisle alarm alas alert alerts aligned all allow allowance allowed allows
almost along alongside already alright also alternatively although altogether always am amazing
amenities amid among amongst amount amounts ample an analysis and animal annual another answer
anticipate any anybody anyhow anyone anything anyway apart apartment apartments api apologies
apologise apologize app apparently appeal appear appears applicable application applied apply
appointment appointments appreciate approval approve approved apps apr april are area aren't around
arrange arranged arrival arrivals arrive arrived arrives article as asap aside ask asked asking
assess assets assigned assist assistance assistant assume assumption assured at atm attach attached
attempt attempts attend attention auditor aug august author authorise authorize automatic
automatically available average avoid awaiting award aware away awesome awkward baby back backup
backwards bad badge bag baggage bags balance balcony bank bar bare barely bargain bars base based
basic basically bath battery be beach bear because become bed bedding bedroom bedrooms beds been
before began begin beginning behalf behind being believe below beneficiary beside besides best
better between beware beyond bic bid bids big bike bill billed billing bills binding bird birthday
bit blame blank blanket bless block blocked blocking blood blown bluetooth board boat body bold
bonus book booked booking bookings boots borrow boss both bother bottle bottom bought bound box boy
bravo breach break breakdown breakdowns breakfast breeze bridge brief briefly bright brilliant
bring broadband broken bronze brother brought browser budget bug build building bulk bullet bundle
burst bus business busy but button buy buyer by bye cabin cabins cable calendar call called calling
calls came camera campaign campaigns can can't cancel canceled cancellation cancelled cancelling
cannot capacity capped car card cards care careful careless cargo caring carpet carrier carries
cart case cases cash cat catch category cattle caught cause caused caution ceiling cell center
central centre certain certainly chain chair chance change changeable changed changes changing
channel chapter charge chargeback chargebacks charged charger charges chat cheap cheaper cheapest
check checked checking checklist checks cheers child children chilled chilly choice choose chosen
christmas church cinema circuit city claim claimant claims clarify class clean cleaning clear
clearance cleared clearing clearly clerk clever click client clients climb clinic clock close
closed closest closing cloth clothes cloudy coach coast coat code codes coffee cold colleague
colleagues collect collected collection college color colour colours column combine combined come
comes comfort comfortable coming comment comments commit committed common community company compare
compared compatible compensate compensation competition complain complaint complete completed
completely completion complimentary comply computer concern concerning concert condition conditions
conference confirm confirmation confirmed confirming confirms congested congrats congratulations
connect connected connecting connection consent consider considerable considering consignee
consignment consignments consist constant consult consumption contact contacts contain container
containers contains content continue contract contractor control convenient convert cook cool
cooling cope copied copies copy core corn corner corporate correct corrected correction correctly
cost costliest costs cot cots could couldn't count counter country couple coupon coupons courier
couriers course courses court courtesy cover coverage covered covering covers cow crack cracked
craft crash crashed create created creating creation credit credited credits crew crib criteria
critical crop crops cross crossed crossing crowd csv cup curious currency current currently curtain
cushion customer customers customs cut cv cvv cycle daily damage damaged dark data database date
dates daughter day days daytime deactivate deactivated deadline deal dealer dear dearest death
debit debited debt dec december decide decided decision declare declared decline declined decrease
deduct deducted deductible default defect defective degree delay delayed delays delete deleted
delighted deliver delivered deliveries delivery demand demo dentist department departs departure
departures depend depending depends deposit depot description design desired desk despite
destination detail detailed details detect detected determine develop device devices diagnose
diagnosed diagnostics dial dialled did didn't diet difference different difficult difficulty digit
digital digits dinner direct directly director discount discounts dispute disputed diversion divert
dns do doctor document documented documents does doesn't dog doing dollars domain domestic don't
done door doors dorm dose double doubt doubtful down downgrade downgraded download downloaded
downtown downwards dr draft drain drawer dress drink drive driven driver drivers driving drizzle
drop dropoff dropped drops drought drove dry dual due duplicate duplicates duration during duty
each earlier earliest early earn earned earth ease easier easiest easily east easter eastern easy
eat eaten economical economy edge edit editor education effect effective effort egg eight eighth
either elapsed election electric electricity eleven eligibility eligible else email emails embassy
emergency employee employees empty enable enabled enclosed encourage end ended ending ends energy
engine engineer engineers enjoy enjoyed enough enquiry enrol enrolled ensure enter entire entirely
entitled entitlement entries entry envelope environment episode equal equally equals equipment
equity er error errors escalate escalated escalation escrow esim especially essential essentially
establish estate estimate estimated estimates eta etd eur euros evaluate even evening event events
ever every everybody everyone everything evidently exact exactly exam examine example exams exceed
exceeded exceeds excellent except excess exchange exclude excluded exclusive excuse existing exit
expect expected expense expensive expert expiration expires expiry explain explained explanation
export exposed express extend extended extension extensions extra extras extremely eye fabric face
facilities facility fact factor factory fail failed failure fair fall family fan fantastic faq faqs
far farm farmer farms fast fastest father fault faults faulty favour favourite feature features feb
february fee feed feedback feel fees fell felt fence ferry fertiliser fertilizer festival fetch
fetched few fi fiber fibre fiddly field fields fifteen fifth fifty figure file filed files fill
filled film films filter final finally finance financial find finding fine fingers finish finished
fire fires firewall firm first fish fit fitted fitting five fix fixed flagged flash flat flats fled
flew flexible flight flights float floor flow flower flown flush fly flying focus foggy fold folder
follow followed following follows food foot for forecast foreign forename forest forget forgot
forgotten form formal former forms forth fortnight fortunate fortunately forty forward forwarded
forwards found four fourth fragile frankly fraud fraudulent free freezing freight frequently fresh
fri friday fridge friend friends from front frost fruit fuel fulfil fulfilled fulfillment
fulfilment full fully function fund funded funds furniture further furthermore future fyi game gap
garage garden gas gate gather gathered gave gbp gender general generally generate generated gentle
genuine get gets getting gift girl give given gives giving glad glance glass globally gloves gluten
gmt go goal goals goes going gold gone good goodbye goods goodwill got gotcha gps grab grade grades
gradually grain grant granted grants grateful gratis gray great green greetings grey grid grocery
gross ground group grow grown guarantee guard guess guest guests guide gym habit had hadn't hail
hair hairdryer halal half halfway hall halt hand handle handled handy hang happen happened happens
happy hard harm harvest has hasn't hassle hat haul have haven't having hazard hazardous he he'd
head heading headline heads-up health healthy hear heard heart heat heating heatwave heaviest heavy
height held hello helmet help helped helper helpful hence henceforth her herd here here'll here's
hereby herein hesitate hey hi hidden high higher highest highlight highlights highly highs hill him
hint hire hired hiring his historical history hit hitch hiya hmm hold holding holiday holidays home
honest honestly hoodie hooked hooray hop hope hopefully hopes horse hospital host hostel hotel
hotels hotline hotspot hour hours house household housing how how's howdy however hr html hub huge
humid humidity hundred hurray hurry husband i i'd i'll i'm i've iban iccid ice id idea ideal
ideally identified identifier idle ids if illness image images imagine imei immediate immediately
impact implement imply import important imported imports improve improved in inactive inbound inbox
incident incidentally incidents include included includes including inclusive income incoming
inconvenience incorrect increase incur incurred indeed index indicate indicated indicates
individual industry ineligible infants info inform information initial initially initials injury
ink inn inside inspect inspected inspection inspections install installed instance instant
instantly instead instruct instruction instructions insurance insure insured intact intend intended
intention interest interested interim internal international internet internship interruption
interview interviews into intro inventory investment invite invited invoice invoices involve
involved involves inwards iron ironing is island isn't isolated issue issued issues it it'll it's
item itemised itemized items itineraries itinerary its itself jacket jan january jeans job jobs
join joined joining joint journey judge jul july jumper jun june just keen keep keeping kept kettle
key keys kind kindest kindly king kit kitchen know knowing knowledge known kosher lab label
labelled labels lack ladder lake lamp land landed lands lane language laptop large largest last
late lately later latest latter launch law lawyer lay layer layover lead leaf leaflet leak leaking
leaks learn learned least leave leaves leaving lecture led left leg legal legs lend length lens
less lesson lessons let let's lets letter letters level liability library licence license lid lie
lies lift lifted light lighter lightly lights like likely limit limited line lines link linked
liquid list listed listing lists literally lithium little live lived lives load loaded loading loan
loans lobby local locally located location locations lock locked lodge lodged log logged login
logistics long longer longest look looked looking looks loop loose lose lost lot lots loud lounge
lovely low lower lowest lows loyal loyalty luck luckily lucky luggage lunch machine machines madam
made mail mailed mailing main mainly maintain maintenance major make makes making malware manage
manageable management manager mandatory manner manual manually manufacturing many map mar march
margin mark marked market marketing marks marvellous marvelous mask massive master match matched
matches matching material materials matter mattress mature maximum may maybe me meal meals mean
meaning means meantime meanwhile measure measured measures meat media medical medium meet meeting
meets member members memory mention mentioned menu merchant mere merely merge merged mess message
messages met meter method metre metres midday middle midnight midweek might mightn't mild mile
miles milk million mind mine minibar minimal minimum minor minus minute minutes mirror misplaced
miss missed missing mission mistake mistaken mistakes mix mixed mobile model modem moderate modest
moisture moment mon monday monies monitor month monthly months more moreover morning mortgage most
mostly motel mother motion motor mountain mounted mouse move moved movie movies moving mr mrs ms
much mug multiple museum music must mustn't my myself name named namely names narrow national
nationality nature near nearby nearest nearly neat necessary neck need needed needless needn't
needs negative neighbourhood neither net network never nevertheless new newest newly news next nice
nickname night nightly nights nighttime nine ninth no nobody noise noisy nominated non none
nonrefundable nonstop nope nor normal normally north northern not notably note noted notes nothing
notice notification notifications notified notify nov november now nowhere nuisance number numbers
numerous nurse object obtain obtained obvious obviously occasion occasionally occupancy occupation
occupied occur occurred occurs ocean oct october odd of off offer offered offers office officer
offline offset often oh oil ok ok'd okay old older omitted on once one ones ongoing online only
onto onward onwards oops open opened opening opens operate operates operating operation operator
opposed opposite option optional options or orbit order ordered ordering orders ordinary organise
organised organize organized origin original other others otherwise otp ouch ought our ours out
outage outages outbound outcome outgoing outlet outlets outline outright outside outstanding
outwards oven over overall overdraft overdue overhead overlap overlaps overlook overnight overseas
overview overweight owed owes owing own owner owners oxygen pack package packages packaging packed
packing padded page pages paid paint painting pair pairs pallet pallets paper paperwork parcel
pardon parent parents park parking part partial partially participate particular partner parts
party pass passed passenger passengers passes passing passport password past patch path patient
patients pattern pause paused pay payable payee payer paying payment payments payout pdf pdfs peak
pen penalty pence pending penthouse people per percent perfect perfectly perform performed perhaps
period perishable permanent permission permit permits person personal pest pet phishing phone photo
photos pick picked pickup picture piece pin ping pipe pitch pitched pixel place placed placing
plain plan plane planned planning plans plant plate plates platform platinum play player pleasant
please pleased pleasure plenty plot plug plus pm po pocket pod point points pole police policies
policy polite pool poor pop popular port portable portfolio portion position positive possible post
postage postal postcode posted postpone postponed posts potential potentially pound pounds power
practical prefer preferable preferred premium premiums prepaid prepare prepared preparing
prescription presence present press pressure presumably pretty prevent prevented previous
previously price prices pricier pricing primary principal print printed printer prior priority
private prize probably problem problems proceed proceeds process processed processes processing
produce produced product production products professor profile program programme progress
prohibited project projects prolonged promise promised promo promotion promotional prompt promptly
proof proper properly properties property proposal prove proven provide provided provider provides
provision provisional ps psa public pull pump pumps punctual purchase purchased purchases purpose
pursuant pursue push put puzzled puzzling q&a qr qualified qualifies qualify quality quantity
quarter quarterly queen question questions queue quick quickest quickly quiet quietly quit quite
quota quote quoted quotes r&d racing radio rail rain rainfall rainy raise raised range rank ranked
rarely rate rates rather rating raw reach reached react read ready real really rear reason
reasonable reassure rebate rebook rebooked reboot rebooted recall recap receipt receive received
recent recently recharge recheck recipe recipient reckon recognise recognised recognize recognized
recommend recommendation recommendations recommended reconnect reconnected record recorded records
recover redeem redeemed redeliver redelivery redirect redirected reduce reduced reduction refer
reference referred refill reflect reflected reflects refresh refrigerator refund refundable
refunded refunds refuse refused regarding regardless regards region register registered
registration regret regrettably regular reimburse reimbursed reimbursement reinstated reissue
reissued reject rejected rejoin relate related relates relax release released relevant reliable
relief relieved reload relocate rely remain remaining remains remember remind reminder remote
remove removed rename render renew renewal rent rental repair repaired repairs repay repayment
repeat repeated replace replaced replacement replacing reply report reported reporter reports
represent representative reproduce reproduced request requested requests require required
requirement requirements requires reroute rerouted reschedule rescheduled resend resent reservation
reservations reserve reserved reset residence resident resolution resolve resolved resort respect
respective respectively respond responded response responsibility responsible rest restart
restaurant restored result resulting results resume resumed resumes retail retain retained retried
retrieve retrieved retry return returned returning returns reverse reversed revert review reviewed
reviews revise revised reward rewards rewire ride rides right rights ring rises risk river road
roadside robot role roll rollout roof room rooms root rope rotate rough roughest roughly round
roundtrip route router routers routes routine rows rsvp rug rule run running rural rush sadly safe
safely safest safety said sake salary sale sales same sample samples sand sat satellite satisfied
satisfy saturday sauna save saved savings saw say says scan scanned scarf scenario scene scenes
schedule scheduled scheme scholarship school science scope score scratch scratched screen script
scroll sea seal sealed search searched season seasonal seat seated seats second section secure
security see seed seeds seeing seek seems seen select selected selection self sell semester seminar
send sender sending sends senior sensible sensor sensors sent sep separate separately sept
september sequence series serious serve server servers service services session set setting
settings settle settled settlement setup seven seventh several severe severity shall shame shan't
shape share shared sharp she she'd shed shelf shelter shelves shielded shift shifts ship shipment
shipments shipped shipper shipping shirt shock shoe shoes shop shops short shortest shortly shot
shots should shouldn't show shower showing shown shows shuttle side sideways sight sign signal
signature signatures signed silent silver sim similar similarly simple simplest simply since
sincerely single singles sink sir sister sit site six sixth size sizeable ski skill skills skin
skip skipped sky sleep slide slight slightly slot slots slow slowest slowly small smaller smallest
smart smoke smooth smoothly sms sneakers snow snowy so sofa soften software soil solar sold soldier
solid solo solution solutions solve solved some somebody someone something sometimes somewhat
somewhere son song soon sooner sorry sort sorted sorting sound sounds source south southern sow spa
space spacious spare speak special specialist specific specifically specified specify speed spend
spent splendid split spoke spoken sport sports spot spread spring square ssid stable stack stadium
staff stage stairs stall stamp stamped stand standard standby stands star start started starting
starts state statement states station status statutory stay stays steadily steady steel steep step
steps stick sticker still stock stolen stood stop stopover stopped stops storage store stored storm
story straight straightforward strange strategy stream street strictly strike string stroller
strong strongest structure stuck student students studio stuff subject submit submitted subnet
subscription subsequent subsequently substitute subtotal subtract suburb success successful
successfully such sufficient suffix suggest suggested suit suitable suitably suitcase suite suits
sum summary summer sun sunday sunny sunshine superb supervisor supplier suppliers supply support
supported surcharge surcharges sure surely surface surname surplus surprise surprised surprising
surrender survey suspect suspected suspend suspended suspension suspicious swap swapped swapping
sweater sweet swift swiftly swipe switch switched switching syllabus sync synced system systems ta
table tag tagged tags tailored take taken takes taking talk talks tall tank tap taped target tariff
tariffs task tasks taste tax taxable taxes taxi tea teacher team teams technical technician
telephone tell telling temperature temporarily temporary tempting ten tenancy tenant tender tends
tent tenth term terminal terminate terminated termination terms terrace terrible terrific test
tested testing text than thank thanks that that'll that's the theater theatre theft their them then
there there'll there's thereafter thereby therefore these they they'd they'll they're they've thing
things think third thirty this thorough thoroughly those though thought thoughtful thousand thread
threat threats three thrilled through throughout thu thunderstorms thur thurs thursday thus tick
ticked ticket ticketed tickets tide tidy tie tight tile timber time times tiny tip tips tire tired
tires title to today toddlers together toilet told toll tomorrow tone toner tonight too took tool
toolkit tools tooth top topic topped total totally totals touch tough tour tours toward towards
towel towels tower town toy trace track trackable tracked tracking trade trading traffic trail
trailer train trainer trains transaction transactions transfer transferred transfers transit
translate transmission transport trap travel treat treated treatment tree trial trick tricky tried
trigger triggered trim trip trips trouble troubleshoot truck true trust trusted truth try trying
tue tues tuesday tuition tuned tunnel turn turned turns tutor tutorial tv twelve twenty twice twin
twins two twofold type types typical typically ultimate ultimately um unable unauthorised
unauthorized unavailable uncertain unchanged unclear uncommon undelivered under understand
understood underway undo unexpected unexpectedly unfortunate unfortunately unhappy uniform union
unique unit units universal university unknown unless unlike unlikely unlimited unlock unlocked
unmarked unopened unpack unpaid unplug unplugged unread unrecognised unrecognized unresolved unsure
until untracked unused unusual unwanted up upcoming update updated updates updating upfront upgrade
upheld uphold upload uploaded upon upper upright upset uptown upwards urge urgent url urls us
usable usage usb usd use used useful useless user username users uses using usual usually utc
utility vacancies vacancy vacant vaccine vague valid valuable value valued values valve van variety
various vast vat vegan vegetarian vehicle vehicles vendor vendors venue verbal verification
verified verify verifying version versus very vessel via victim video videos view viewed village
vip visa visible visit visited visits voice void voltage volume vote vouch voucher vouchers vpn
wait waiting waive waived waiver wake walk walking wall wallet wander want wanted wants warehouse
warm warmer warmest warmly warn warning warrant warranty was wash wasn't wasted watch watching
water wave way ways we we'd we'll we're we've weak weakest wealth wear weather webpage website wed
wedding wednesday week weekday weekdays weekend weekends weekly weeks weigh weighs weight weird
welcome well went were weren't west wet what what'll what's whatever wheat wheel when whenever
where where's whereas wherever whether which whichever while whilst who who'll who's whoa whoever
whole whom whomever whoops whose why wide widely width wife wifi wild will willing wind window
windows windy wine winter wire wired wireless wiring wisely wish wished wishes wishing with
withdraw withdrawal withdrawals withdrawn withheld withhold within without witness woken won't
wonder wonderful wondering wood word words work workaround worked worker workers working works
workshop world worldwide worn worried worries worry worse worst worth worthwhile worthy would
wouldn't wound wow wrap wrapped wrapping write written wrong wrongly xl xs xxl y'all yard yeah year
yearly years yep yes yesterday yesterday's yet yield yields yikes you you'd you'll you're you've
young your yours yourself yup zero zip zone zoom
""")
)
