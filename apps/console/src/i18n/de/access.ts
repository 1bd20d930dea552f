/** The words of `en/access.ts` in German. */
export const access = {
  signIn: 'Anmelden',
  signInText: 'an der Konsole',
  email: 'E-Mail',
  password: 'Passwort',
  wrong: 'E-Mail oder Passwort ist falsch.',
  tooMany: 'Zu viele Versuche. In {{seconds}} Sekunden wieder.',
  second: {
    title: 'Zweiter Schritt',
    text: 'Geben Sie die sechs Ziffern Ihrer Authenticator-App ein, oder einen Ihrer Wiederherstellungscodes.',
    code: 'Code',
    wrong: 'Der Code stimmt nicht oder wurde schon benutzt.',
    back: 'Anderes Konto',
  },
};
