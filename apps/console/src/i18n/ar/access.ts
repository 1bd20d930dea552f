/** The words of `en/access.ts` in Arabic. */
export const access = {
  signIn: 'تسجيل الدخول',
  signInText: 'إلى لوحة التشغيل',
  email: 'البريد الإلكتروني',
  password: 'كلمة المرور',
  wrong: 'البريد أو كلمة المرور غير صحيح.',
  tooMany: 'محاولات كثيرة. حاول بعد {{seconds}} ثانية.',
  second: {
    title: 'الخطوة الثانية',
    text: 'أدخل الأرقام الستة من تطبيق المصادقة، أو أحد رموز الاسترداد.',
    code: 'الرمز',
    wrong: 'الرمز غير صحيح أو استُخدم.',
    back: 'حساب آخر',
  },
};
