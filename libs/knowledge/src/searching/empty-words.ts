import { stopWords } from '#libs/bot';

/** Words with which people ask, folded: they say that something is wanted, and not what. en, de, es, fr, it, nl, pt. */
const asking = new Set(
  `what which who whom whose how when where why want need like get got getting give tell know say said see look find make
  let us still yet already more less really also too again back once ever never now today tomorrow yesterday keep keeps
  not no dont doesnt didnt cant cannot wont isnt arent wasnt im ive id youre after before until while during over under up
  down out off all every something anything nothing thing things someone somebody anyone people way able possible use
  using used go going goes come comes take takes took put way work works other another one two first
  was wie wer wo wann warum wieso welche welcher welches wozu will wollen mochte brauche gibt geht mehr nicht kein keine
  immer schon nur auch wieder etwas jemand nach vor bis uber unter man wird werden wurde soll muss darf lange viel hoch
  como cuando donde quien cual cuales quiero necesito hay tener hacer muy mas ya no sin sobre hasta
  comment quand ou qui quel quelle quels quelles pourquoi combien veux voudrais besoin il ya faire plus tres pas sans sur
  come quando dove chi quale quali voglio vorrei bisogno fare piu molto non senza
  hoe wanneer waar wie welke wil nodig meer niet geen
  quero preciso mais muito nao sem onde quem qual`.split(/\s+/),
);

/** Whether a word, folded, says nothing about what somebody asks for. */
export function isEmptyWord(folded: string): boolean {
  return asking.has(folded) || stopWords.has(folded);
}
