import { wordsOf } from '../fold.js';

/**
 * Words by how they sound to somebody who answers customers, folded; en, de, es, fr, it, pt, nl, ar.
 *
 * Written for this project, and so under its licence; not taken from a published list.
 */
const bad = `bad terrible awful horrible worst useless angry furious annoyed annoying disappointed disappointing
  unacceptable ridiculous scam fraud liar liars lies lied stupid idiot idiots incompetent broken hate hated disgusting
  disgrace rubbish garbage crap shit fuck fucking damn sucks pathetic nightmare complaint lawyer sue refund_now fed_up
  schlecht furchtbar schrecklich unverschamt frechheit wutend sauer enttauscht unzumutbar lacherlich betrug betruger
  dumm idioten kaputt hasse scheisse mist katastrophe anwalt beschwerde unfahig
  malo mala terrible horrible pesimo pesima inutil enfadado enojado furioso decepcionado inaceptable ridiculo estafa
  mentiroso estupido odio mierda asco abogado queja verguenza
  mauvais nul terrible horrible inutile furieux enerve decu inacceptable ridicule arnaque menteur stupide deteste
  merde honte avocat plainte scandaleux
  pessimo terribile orribile inutile arrabbiato furioso deluso inaccettabile ridicolo truffa bugiardo stupido odio
  merda vergogna avvocato reclamo
  ruim horrivel pessimo inutil zangado furioso decepcionado inaceitavel ridiculo golpe mentiroso estupido odeio
  merda vergonha advogado reclamacao
  slecht vreselijk verschrikkelijk waardeloos boos woedend teleurgesteld onacceptabel belachelijk oplichting dom haat
  klacht advocaat schandalig
  سيء سيئ سيئة فظيع مريع اسوا غاضب غاضبة محبط مخيب نصب احتيال نصاب كذاب كذب غبي غبية مقرف عار شكوى محامي فضيحة`;
const good = `good great excellent perfect wonderful amazing love loved thanks thank helpful nice awesome happy
  gut toll super perfekt wunderbar danke hilfreich zufrieden bueno genial excelente perfecto gracias feliz
  bon bien excellent parfait merci genial super buono ottimo perfetto grazie felice bom otimo excelente perfeito
  obrigado feliz goed geweldig perfect bedankt fijn
  جيد جيدة رائع رائعة ممتاز ممتازة شكرا مفيد سعيد مثالي`;
const negations = new Set(
  'not no never nicht kein keine nie no nunca pas jamais non mai nao niet geen nooit dont isnt wasnt ليس ليست غير لا لم'.split(
    ' ',
  ),
);

const weights = new Map([
  ...good.split(/\s+/).map((word) => [word, 1] as const),
  ...bad.split(/\s+/).map((word) => [word, -1] as const),
]);

/** How a text sounds. */
export interface Sentiment {
  /** -1 to 1; 0 also where no word is known. */
  readonly score: number;
  /** Whether somebody is so upset that a person should look. */
  readonly isUpset: boolean;
}

/** Judges how a text sounds by words, negations, capitals and exclamation marks. Crude, and meant for escalation only. */
export function sentimentOf(text: string): Sentiment {
  const read = text.slice(0, 2_000);
  const words = wordsOf(read);
  let sum = 0;
  let negative = 0;
  for (const [index, word] of words.entries()) {
    const weight = weights.get(word);
    if (weight === undefined) continue;
    const isNegated = [words[index - 1], words[index - 2]].some(
      (near) => near !== undefined && negations.has(near),
    );
    // "not bad" is hardly praise, "not good" is a complaint.
    const counted = isNegated ? (weight > 0 ? -1 : 0.3) : weight;
    sum += counted;
    if (counted < 0) negative++;
  }
  const score = sum === 0 ? 0 : Math.max(-1, Math.min(1, sum / Math.max(2, Math.sqrt(words.length))));
  const letters = read.match(/\p{L}/gu)?.length ?? 0;
  const capitals = read.match(/\p{Lu}/gu)?.length ?? 0;
  const isLoud = (letters >= 12 && capitals / letters > 0.7) || /!{2,}/.test(read);
  return { score, isUpset: negative >= 2 || (negative >= 1 && isLoud) };
}
