/**
 * Swear words and slurs of the shipped languages, for a bot never to say.
 *
 * Written for this project, and so under its licence; not taken from a published list. Only words that are nothing
 * else: no “Mist”, “damn”, “bastard file”, “cock”, “hostia”, “con”. Those that are harmless in another language stand
 * under their own alone: “Pute” is a turkey, “slut” the end of something in Swedish, “hure” a French terrine.
 */
export const swearWords = {
  /** In whatever language they stand. */
  anywhere: `fucks fucked motherfucker motherfuckers shit shits shitty shithead dipshit asshole assholes arsehole
    arseholes bitch bitches cunt cunts wanker wankers dickhead dickheads twat twats bollocks whore whores nigger niggers
    nigga niggas faggot
    arsch arschloch arschlöcher wichser fotze fotzen hurensohn hurensöhne ficken ficke fickt gefickt schlampe schlampen
    missgeburt drecksau verpiss
    merde merdes merdique putain putains salope salopes salaud salauds connard connards connasse connasses enculé enculés
    enculée enculer foutre niquer chier chiant chiante emmerde emmerder couilles
    mierda mierdas puta putas joder jodido jodida jodidos jodidas jódete cabrón cabrones cabrona gilipollas hijoputa
    hijueputa coño pendejo pendeja pendejos chingar chingada chingado cojones maricón maricones
    خرا خراء الخرا شرموطة شرموط الشرموطة شراميط قحبة القحبة قحاب عاهرة العاهرة كسمك كسختك منيوك منيوكة متناك متناكة
    طيزك عرص معرص`,
  /** Two words together. */
  pairs: [
    'piss off',
    'pissed off',
    'fick dich',
    'ta gueule',
    'nique ta',
    'كس امك',
    'كس اختك',
    'ابن الكلب',
    'يلعن ابوك',
    'يلعن امك',
  ],
  /** How longer ones begin. */
  beginnings: ['fuck', 'motherfuck', 'bullshit', 'scheiß', 'beschissen', 'verfickt'],
  only: { en: 'slut sluts', de: 'hure huren', fr: 'pute putes', es: 'puto putos verga' },
} as const;
