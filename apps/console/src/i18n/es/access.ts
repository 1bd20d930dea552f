/** The words of `en/access.ts` in Spanish. */
export const access = {
  signIn: 'Iniciar sesión',
  signInText: 'en la consola',
  email: 'Correo',
  password: 'Contraseña',
  wrong: 'Correo o contraseña incorrectos.',
  tooMany: 'Demasiados intentos. Pruebe en {{seconds}} segundos.',
  second: {
    title: 'Segundo paso',
    text: 'Escriba los seis dígitos de su aplicación de autenticación, o un código de recuperación.',
    code: 'Código',
    wrong: 'Ese código no es correcto o ya se usó.',
    back: 'Otra cuenta',
  },
};
