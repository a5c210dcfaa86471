/** Attitudes towards the company and the call, by strength from -4 to 4; what is not about attitude is not here. */
export const ATTITUDES: Record<string, string> = {
  '-4': 'furious livid enraged outraged infuriated infuriating despise',
  '-3.2': `unacceptable ridiculous outrageous disgusted disgusting appalling appalled horrible horrendous worst
    incompetent unprofessional rude scam scammers fraud thieves crooks bullshit pathetic useless absurd insulting insulted
    disgrace disgraceful inexcusable nightmare atrocious worthless ludicrous liars ripoff shambles abysmal angry irate
    fucking fuck bastards idiots preposterous deplorable shameful robbery harassment harassing`,
  '-2.6': `frustrated frustrating frustration frustrates terrible awful disappointed disappointing disappointment unhappy
    dissatisfied hate nonsense lied lying cheated shit crap dreadful aggravated aggravating exasperated pissed
    misled misleading disrespectful disrespected betrayed fuming condescending negligent disorganized sucks
    joke insane garbage robbed hopeless diabolical`,
  '-2': `annoyed annoying annoyance upset mad stupid unbelievable unfair unreliable ignored poor irritated irritating
    dishonest dismissive deceptive sloppy careless hassle fiasco disaster messed neglected dishonesty
    displeased unimpressed unwilling unhelpful unresponsive lousy runaround`,
  '-1.3': `bad worse mess regret ashamed embarrassing complaint complaints complain crazy stressed stressful
    damn hell overcharged miserable inconvenient inconvenience ridiculously wasted suspicious uncomfortable shame refuse
    refused refuses pointless blame unwanted badly hopelessly overpriced distrust whatever`,
  '-0.8': `worried worry nervous anxious afraid scared concerned concerning confused confusing expensive wrong
    unfortunate struggling slow doubt skeptical inconsistent stuck unclear unsure tired seriously`,
  '-0.4': `unfortunately late delay delays delayed lost missing difficult hard mistake mistakes dirty cold broken
    damaged failed failing fails crashed crashing unsafe faulty defective`,
  '0.4': `good fine easy quick quickly fast smooth smoothly clear helps fair convenient comfortable reasonable
    affordable cool alright worth correct`,
  '0.7':
    'nice better solved resolved fixed helped improved reassuring reassured interesting hopeful cheers simple',
  '1.1': `great perfect awesome excellent wonderful fantastic lovely brilliant terrific superb splendid friendly
    polite professional thoughtful spotless immaculate delicious cozy courteous recommend enjoy enjoyed best perfectly beautiful appreciated`,
  '1.7': `glad helpful kind kindness amazing sweet courteous reliable knowledgeable appreciate appreciative flawless
    fabulous outstanding exceptional incredible efficient responsive marvelous gracious lucky`,
  '2.4': `happy happier pleased satisfied impressed impressive relieved grateful thankful love loved loving delighted
    thrilled excited exciting ecstatic lifesaver godsend blessing phenomenal stellar pleasure trust relief`,
}

/** Words of politeness: good manners at the end of any call, not yet satisfaction. */
export const POLITE = new Set(
  'great perfect good fine nice excellent wonderful lovely alright cool thanks thank cheers easy awesome brilliant correct clear best better helps fantastic fair reasonable worth simple quick fast terrific superb beautiful splendid super sweet appreciated'.split(
    ' ',
  ),
)

/** What a general word list rates although on the phone it only names the matter at hand. */
export const MATTER = new Set(
  `celebrate celebrating celebrated celebration congratulations congrats ha haha lol pain pains painful ache aching toothache headache hurt hurts hurting sore swelling swollen bleeding infection infected
  infections sick sickness ill illness fever flu allergic allergy emergency accident injury injured injuries dead died death dying
  kill killed killing problem problems issue issues error errors crash crashes crashed damage damages crack cracked leak leaking
  broken broke fail failure failures outage outages down lost loss lose missing miss missed cancel cancelled canceled
  cancellation refund charge charged charges fee debt owe owed bill fine fines penalty denied denial deny dispute
  disputed suspended suspend warning warnings alarm alarms alert fire flood smoke storm stolen steal theft rob
  virus spam block blocked lock locked stop stopped stops stuck restrict limited pay paid payment risk risks cut cuts
  trouble troubles worn weak dirty noise dull sharp drop drops dropped dropping low short empty cold hot fall fell
  fallen no reject rejected withdrawal arrest police court lawsuit war gun fight drunk cancer disease tumor
  depression anxiety disorder disability divorce funeral widow victim bankrupt bankruptcy foreclosure eviction
  yes like want wants wanted please help helping helped hope hopes hopefully matter matters sure ok okay yeah welcome join
  care careful certain chance share save saved saving safe safety secure security support supported true trust
  agree agreed accept accepted accepts approved approval allow ability able adequate interest interested big
  fun cute clean cleaner cleaning strong top super special important free fresh solid active fit number reach
  gift award win won winner rich gain growth profit asset benefit benefits backed bargain dear darling increase
  increased strength energy light bright brightest vision commit committed commitment responsible thanks thank
  favorite favourite friend friends god heaven holy grace faith hello congratulations greetings party visionary
  demand demands demanded apologize apologise apology sorry excuse pardon cry crying cried cries tears honest loyal loyalty goodness lonely alone hug kiss
  warn bloody tense fan popular luck luckily grand joy charm gem medal victor merry ominous startling hospital
  determined capable confidence confident clarify clarity defect defects recommended straight
  natural original unable unaware unknown vague odd weird strange crazy funny haha lol wow oh ass dick cock suck strike
  sentence severe serious wreck wrecked torn dent dents dented rash itchy vomit vomiting cough choke tired
  trauma stroke poison burn burned gross sink drain drained tank pressure forced force stall stalled stalling misplaced
  rejection obsolete lack lag lagging overdue exhausted exhaust dodge rebel bore bored boring sin swear toxic mold
  suffer suffering sufferer grief mourning depressed suicidal hunger starving homeless hell-bent`.split(
    /\s+/,
  ),
)

/** Nouns that «bad», «terrible», «horrible» describe without blaming anybody. */
export const SYMPTOMS = new Set(
  `pain pains ache toothache headache headaches migraine cold cough noise sound smell leak weather storm accident crack
  infection allergy allergies reaction swelling shape condition fall tooth teeth back knee shoulder cavity vibration
  grinding squeaking rattle traffic signal reception flu fever rash hail wind flooding damage breath case area timing
  day time week news idea number address line connection date example`.split(/\s+/),
)

export const STRONGER: Record<string, number> = {
  very: 1.3,
  really: 1.3,
  so: 1.3,
  extremely: 1.6,
  absolutely: 1.5,
  totally: 1.4,
  incredibly: 1.5,
  super: 1.4,
  completely: 1.4,
  beyond: 1.4,
  truly: 1.4,
  deeply: 1.4,
  utterly: 1.5,
  such: 1.2,
  too: 1.2,
  pretty: 1.1,
  quite: 1.1,
  highly: 1.4,
  most: 1.2,
  freaking: 1.5,
  genuinely: 1.3,
  just: 1.1,
  always: 1.1,
  especially: 1.2,
  increasingly: 1.3,
  bit: 0.5,
  little: 0.5,
  kinda: 0.6,
  slightly: 0.5,
  somewhat: 0.6,
  fairly: 0.8,
  'kind-of': 0.6,
  partly: 0.5,
  almost: 0.6,
}
