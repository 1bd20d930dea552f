/** The words of `en/parts.ts` in Arabic. */
export const parts = {
  chat: {
    log: 'المحادثة',
    waiting: 'البوت يجيب',
    write: 'اكتب رسالة',
    send: 'إرسال',
    again: 'ابدأ من جديد',
  },
  actor: { you: 'أنت', member: 'عضو', program: 'برنامج', system: 'Parley' },
};
