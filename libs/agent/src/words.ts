/** What the agent says by itself, where no model has words for it; fits a bot that is formal and one that is not. */
export interface AgentWords {
  /** Before the list of what is to be done. */
  readonly mayI: string;
  readonly yes: string;
  readonly no: string;
  readonly askedColleague: string;
  readonly notDone: string;
  readonly notAgreed: string;
  /** Nobody of ours has decided in time. */
  readonly noDecision: string;
  readonly done: string;
  readonly failed: string;
  readonly handedOver: string;
}

const en: AgentWords = {
  mayI: 'May I do this for you?',
  yes: 'Yes, please',
  no: 'No',
  askedColleague: 'A colleague has to agree to this first. I will come back to you.',
  notDone: 'All right, I have not done it.',
  notAgreed: 'A colleague has looked at it: we cannot do this.',
  noDecision: 'Nobody could decide about this in time, so it has not been done.',
  done: 'Done.',
  failed: 'Sorry, that did not work.',
  handedOver: 'I am passing you on to a person.',
};

const byLanguage: Readonly<Record<string, AgentWords>> = {
  en,
  de: {
    mayI: 'Darf ich das tun?',
    yes: 'Ja, bitte',
    no: 'Nein',
    askedColleague: 'Dem muss zuerst jemand aus unserem Team zustimmen. Ich melde mich wieder.',
    notDone: 'In Ordnung, ich habe es nicht getan.',
    notAgreed: 'Jemand aus unserem Team hat es geprüft: das können wir leider nicht tun.',
    noDecision: 'Darüber konnte niemand rechtzeitig entscheiden; es ist nichts geschehen.',
    done: 'Erledigt.',
    failed: 'Das hat leider nicht geklappt.',
    handedOver: 'Ein Mensch aus unserem Team übernimmt.',
  },
  es: {
    mayI: '¿Puedo hacer esto?',
    yes: 'Sí, por favor',
    no: 'No',
    askedColleague: 'Un compañero tiene que aprobarlo primero. La respuesta llegará después.',
    notDone: 'De acuerdo, no lo he hecho.',
    notAgreed: 'Un compañero lo ha revisado: no podemos hacerlo.',
    noDecision: 'Nadie ha podido decidirlo a tiempo; no se ha hecho.',
    done: 'Hecho.',
    failed: 'Lo siento, no ha funcionado.',
    handedOver: 'Paso la conversación a una persona.',
  },
  fr: {
    mayI: 'Puis-je le faire ?',
    yes: 'Oui, merci',
    no: 'Non',
    askedColleague: 'Un collègue doit d’abord donner son accord. La réponse suivra.',
    notDone: 'D’accord, je ne l’ai pas fait.',
    notAgreed: 'Un collègue l’a examiné : nous ne pouvons pas le faire.',
    noDecision: 'Personne n’a pu décider à temps ; cela n’a pas été fait.',
    done: 'C’est fait.',
    failed: 'Désolé, cela n’a pas fonctionné.',
    handedOver: 'Je passe la conversation à une personne.',
  },
  it: {
    mayI: 'Posso farlo per Lei?',
    yes: 'Sì, grazie',
    no: 'No',
    askedColleague: 'Prima deve approvarlo un collega. Le risponderò.',
    notDone: 'Va bene, non l’ho fatto.',
    notAgreed: 'Un collega lo ha esaminato: non possiamo farlo.',
    noDecision: 'Nessuno ha potuto decidere in tempo; non è stato fatto.',
    done: 'Fatto.',
    failed: 'Mi dispiace, non ha funzionato.',
    handedOver: 'La passo a una persona.',
  },
  pt: {
    mayI: 'Posso fazer isto por si?',
    yes: 'Sim, por favor',
    no: 'Não',
    askedColleague: 'Um colega tem de aprovar primeiro. Volto a contactá-lo.',
    notDone: 'Tudo bem, não o fiz.',
    notAgreed: 'Um colega analisou o pedido: não o podemos fazer.',
    noDecision: 'Ninguém pôde decidir a tempo; não foi feito.',
    done: 'Feito.',
    failed: 'Desculpe, não funcionou.',
    handedOver: 'Vou passar para uma pessoa.',
  },
  nl: {
    mayI: 'Mag ik dit voor u doen?',
    yes: 'Ja, graag',
    no: 'Nee',
    askedColleague: 'Een collega moet dit eerst goedkeuren. Ik kom bij u terug.',
    notDone: 'Goed, ik heb het niet gedaan.',
    notAgreed: 'Een collega heeft ernaar gekeken: dit kunnen we niet doen.',
    noDecision: 'Niemand kon hier op tijd over beslissen; het is niet gedaan.',
    done: 'Gedaan.',
    failed: 'Sorry, dat is niet gelukt.',
    handedOver: 'Ik verbind u door met een medewerker.',
  },
  ar: {
    mayI: 'هل أقوم بهذا من أجلك؟',
    yes: 'نعم، من فضلك',
    no: 'لا',
    askedColleague: 'يجب أن يوافق زميل على ذلك أولًا. سأعود إليك.',
    notDone: 'حسنًا، لم أقم بذلك.',
    notAgreed: 'نظر زميل في الأمر: لا يمكننا القيام بذلك.',
    noDecision: 'لم يتمكن أحد من البتّ في ذلك في الوقت المناسب، فلم يُنفَّذ.',
    done: 'تم.',
    failed: 'عذرًا، لم ينجح ذلك.',
    handedOver: 'سأحوّلك إلى شخص من فريقنا.',
  },
};

/** The words in the bot's first language that is shipped, else in English. */
export function agentWords(languages: readonly string[] | undefined): AgentWords {
  const shipped = (languages ?? []).map((language) => byLanguage[language.slice(0, 2).toLowerCase()]);
  return shipped.find((words) => words !== undefined) ?? en;
}

/** What else means yes or no when it is the whole message, in the shipped languages. */
const yesWords = new Set(
  'yes|yes please|yep|yeah|ok|okay|sure|go ahead|do it|please do|ja|ja bitte|ja gerne|gerne|si|sí|sí por favor|vale|claro|oui|oui merci|d’accord|daccord|sì|sì grazie|va bene|sim|sim por favor|ja graag|prima|نعم|نعم من فضلك|ايوه|أيوه|اجل|أجل|موافق|حسنا|حسنًا|تمام|👍'.split(
    '|',
  ),
);
const noWords = new Set(
  'no|no thanks|no thank you|nope|don’t|stop|cancel|nein|nein danke|no gracias|non|non merci|no grazie|não|não obrigado|nee|nee bedankt|لا|لا شكرا|لا شكرًا|كلا|👎'.split(
    '|',
  ),
);

/** Whether a whole message says yes or no; null when it says something else. */
export function yesOrNo(text: string): boolean | null {
  const folded = text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll("'", '’')
    .replace(/[.,!¡،]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (yesWords.has(folded)) return true;
  return noWords.has(folded) ? false : null;
}
