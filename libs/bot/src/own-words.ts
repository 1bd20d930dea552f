/** What the bot says by itself where its definition gives no words; fits a bot that is formal and one that is not. */
export interface OwnWords {
  readonly retry: string;
  readonly cancelled: string;
  readonly givenUp: string;
  readonly handedOver: string;
  readonly blocked: string;
}

const en: OwnWords = {
  retry: 'Sorry, I did not understand that.',
  cancelled: 'All right, I stopped here.',
  givenUp: 'Sorry, I cannot go on with this.',
  handedOver: 'I am passing you on to a person.',
  blocked: 'Sorry, I cannot help with that.',
};

const byLanguage: Readonly<Record<string, OwnWords>> = {
  en,
  de: {
    retry: 'Das habe ich leider nicht verstanden.',
    cancelled: 'In Ordnung, ich habe abgebrochen.',
    givenUp: 'Damit komme ich leider nicht weiter.',
    handedOver: 'Ein Mensch aus unserem Team übernimmt.',
    blocked: 'Dabei kann ich leider nicht helfen.',
  },
  es: {
    retry: 'Lo siento, no lo he entendido.',
    cancelled: 'De acuerdo, lo dejamos aquí.',
    givenUp: 'Lo siento, no puedo continuar con esto.',
    handedOver: 'Paso la conversación a una persona.',
    blocked: 'Lo siento, no puedo ayudar con eso.',
  },
  fr: {
    retry: 'Désolé, je n’ai pas compris.',
    cancelled: 'D’accord, j’arrête ici.',
    givenUp: 'Désolé, je ne peux pas continuer.',
    handedOver: 'Je passe la conversation à une personne.',
    blocked: 'Désolé, je ne peux pas aider sur ce sujet.',
  },
  it: {
    retry: 'Mi dispiace, non ho capito.',
    cancelled: 'Va bene, mi fermo qui.',
    givenUp: 'Mi dispiace, non posso continuare.',
    handedOver: 'La passo a una persona.',
    blocked: 'Mi dispiace, non posso aiutare su questo.',
  },
  pt: {
    retry: 'Desculpe, não entendi.',
    cancelled: 'Tudo bem, parei por aqui.',
    givenUp: 'Desculpe, não consigo continuar.',
    handedOver: 'Vou passar para uma pessoa.',
    blocked: 'Desculpe, não posso ajudar com isso.',
  },
  nl: {
    retry: 'Sorry, dat heb ik niet begrepen.',
    cancelled: 'Goed, ik ben gestopt.',
    givenUp: 'Sorry, ik kan hier niet mee verder.',
    handedOver: 'Ik verbind u door met een medewerker.',
    blocked: 'Sorry, daar kan ik niet bij helpen.',
  },
  ar: {
    retry: 'عذرًا، لم أفهم ذلك.',
    cancelled: 'حسنًا، توقفت هنا.',
    givenUp: 'عذرًا، لا أستطيع المتابعة في هذا.',
    handedOver: 'سأحوّلك إلى شخص من فريقنا.',
    blocked: 'عذرًا، لا أستطيع المساعدة في ذلك.',
  },
};

/** The languages in which a bot says by itself what it must, as ISO 639-1. */
export const shippedLanguages: readonly string[] = Object.keys(byLanguage);

/** The bot's own words in its first language that is shipped, else in English. */
export function ownWords(languages: readonly string[] | undefined): OwnWords {
  const shipped = (languages ?? []).map((language) => byLanguage[language.slice(0, 2).toLowerCase()]);
  return shipped.find((words) => words !== undefined) ?? en;
}
