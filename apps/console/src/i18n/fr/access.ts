/** The words of `en/access.ts` in French. */
export const access = {
  signIn: 'Se connecter',
  signInText: 'à la console',
  email: 'E-mail',
  password: 'Mot de passe',
  wrong: 'E-mail ou mot de passe incorrect.',
  tooMany: 'Trop d’essais. Réessayez dans {{seconds}} secondes.',
  second: {
    title: 'Deuxième étape',
    text: 'Entrez les six chiffres de votre application d’authentification, ou un code de secours.',
    code: 'Code',
    wrong: 'Ce code est faux ou déjà utilisé.',
    back: 'Autre compte',
  },
};
