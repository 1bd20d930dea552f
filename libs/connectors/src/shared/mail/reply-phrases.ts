/**
 * The words by which mail programs mark what is not new: attribution lines, header blocks, forwarded messages, footers
 * of telephones. Collected from the settings of mail programs and from public collections of replies (read 2026-11-21).
 */

/** Says "wrote", in the languages people use; compared in lower case. */
export const WROTE = [
  'wrote|writes|sent|said',
  'schrieb|geschrieben|hat geschrieben',
  'a écrit|a ecrit|écrivait|a envoyé',
  'escribió|escribio|ha escrito|va escriure|ha escrit|escribiu',
  'escreveu|enviou',
  'ha scritto|scrive|ha inviato|scrisse',
  'schreef|geschreven|het volgende geschreven',
  'skrev|kirjoitti|skrifaði',
  'napisał\\(a\\)|napisał|napisała|pisze|napsal\\(a\\)|napsal|napsala|napísal\\(a\\)|napísal|je napisao|je napisao/la|je napisal|napisao je',
  'пишет|написал\\(а\\)|написал|написала|пише|написав|написала|писал|написа|пишува',
  'írta|ezt írta|a scris|έγραψε|yazdı|şunu yazdı|şunları yazdı|rakstīja|rašė|kirjutas|a shkruar',
  'כתב|כתבה|כתב/ה|كتب|كتبت|נכתב על ידי|نوشت',
  '写道|寫道|写了|提到|作成|書きました|のメール|wrote|님이 작성|작성|đã viết|menulis|เขียน|ने लिखा',
].join('|');

/** Begins an attribution: "On Monday", "Am Montag", "Le lundi". */
export const OPENERS = [
  'on|at|in',
  'am|den|op|el|le|il|em|w dniu|dnia|dňa|dne|d\\.|pe|på|den|fra|från|ons|man|tir|tor|fre|lør|søn|mån|tis|lör|sön',
  'il giorno|in data|il dí|a data|el día|no dia|na|v|vào|pada|σtις|στις|la|în',
  'в|у|на|дана|на дата|tarihinde|ב|בתאריך|في|בֿ',
  '在|于|於|وقت',
].join('|');

/** Labels of the headers that mail programs copy above what they quote, by what they say. */
export const HEADER_LABELS = {
  from: 'from|de la part de|von|de|da|van|fra|från|lähettäjä|od|от|від|feladó|expéditeur|kimden|発信者|差出人|发件人|寄件者|보낸 사람|מאת|من|remitente|mittente|frá|de la|von\\/from',
  sent: 'sent|message du|date|gesendet|datum|envoyé|envoye|date d.envoi|enviado|enviado el|enviada|enviada em|enviado em|fecha|data|data invio|inviato|inviato il|verzonden|verstuurd|sendt|dato|skickat|datum|lähetetty|päiväys|wysłano|wysłany|data|odesláno|datum|odoslané|dátum|отправлено|дата|надіслано|elküldve|dátum|küldve|trimis|gönderildi|gönderilen|tarih|送信日時|日時|日期|发送时间|寄件日期|傳送時間|时间|보낸 날짜|날짜|נשלח|תאריך|تاريخ|sendt den|día',
  to: 'to|an|à|a|para|aan|til|till|vastaanottaja|do|komu|pro|кому|címzett|destinataire|către|kime|宛先|收件人|받는 사람|אל|إلى|destinatario|per',
  subject:
    'subject|sujet|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|тема|tárgy|subiect|konu|件名|主题|主旨|제목|נושא|الموضوع|assumpte|re',
  cc: 'cc|copie à|copie a|kopie|copie|copia|cópia|kopi|kopia|kopio|dw|kopie|копия|копія|másolat|bilgi|抄送|副本|参照|참조|עותק|reply-to|antwort an|répondre à|responder a',
} as const;

/** Stands between dashes above an original or forwarded message. */
export const SEPARATOR_WORDS = [
  'original message|original email|original mail|forwarded message|forwarded by .{1,80}|reply message|message from .{1,80}|begin forwarded message',
  'ursprüngliche nachricht|ursprüngliche mail|originalnachricht|original-nachricht|original-mail|weitergeleitete nachricht|weitergeleitet von .{1,80}|originalmeldung|anfang der weitergeleiteten (e-?mail|nachricht)',
  'message d.origine|message original|message transféré|message transmis|message initial|e-mail d.origine|début du message (réexpédié|transféré)|message réexpédié',
  'mensaje original|mensaje reenviado|inicio del mensaje reenviado|missatge original|missatge reenviat|mensaxe orixinal',
  'mensagem original|mensagem encaminhada|mensagem reencaminhada|início da mensagem (reencaminhada|encaminhada)',
  'messaggio originale|messaggio inoltrato|inizio messaggio inoltrato',
  'oorspronkelijk(e)? bericht|origineel bericht|doorgestuurd bericht|begin doorgestuurd bericht',
  'oprindelig (meddelelse|besked)|videresendt (meddelelse|besked)|opprinnelig melding|original melding|videresendt melding|ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|alkuperäinen viesti|välitetty viesti|upprunaleg skilaboð',
  'wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości|przekazana wiadomość|wiadomość przekazana|původní (zpráva|e-mail)|přeposlaná zpráva|pôvodná správa|preposlaná správa|izvorna poruka|izvirno sporočilo|eredeti üzenet|továbbított üzenet|mesaj original|mesaj redirecționat|mesajul original',
  'исходное сообщение|оригинальное сообщение|пересланное сообщение|пересылаемое сообщение|перенаправленное сообщение|початкове повідомлення|оригінальне повідомлення|переслане повідомлення|оригинално съобщение|препратено съобщение',
  'αρχικό μήνυμα|προωθημένο μήνυμα|özgün (mesaj|ileti)|orijinal (mesaj|ileti)|iletilen (mesaj|ileti)|yönlendirilen ileti|הודעה מקורית|הודעה שהועברה|رسالة أصلية|الرسالة الأصلية|رسالة معاد توجيهها',
  '原始邮件|原始郵件|转发的邮件|转发邮件|轉寄的郵件|原邮件|元のメッセージ|転送メッセージ|転送されたメッセージ|원본 메시지|원본 메일|전달된 메시지|thư gốc|tin nhắn gốc|pesan asli',
].join('|');

/** A thing a mail is written with. */
const DEVICES =
  'i ?phone|i ?pad|i ?pod|i ?os|android|black ?berry|samsung|galaxy|htc|nokia|huawei|xiaomi|redmi|motorola|droid|pixel|oneplus|sony|xperia|lg|alcatel|treo|palm|windows (mail|phone|10|8|11)|outlook|airmail|mailbox|yahoo|gmail|proton ?mail|thunderbird|spark|mail for|mail\\.ru|yandex|gmx|web\\.de|aol|t-mobile|verizon|at&t|vodafone|telekom|orange|mobile|mobil|cell|phone|tablet|handheld|wireless|smartphone|mobiltelefon|handy|téléphone|portable|móvil|movil|celular|telefon|telefono|cellulare|k-9|ti-\\d+|email client|superhuman|newton|front|hey|zoho';

/** Footers that a program wrote, whole lines in lower case. */
export const FOOTERS: readonly RegExp[] = [
  new RegExp(
    `^[<(*_\\s]*(?:sent|posted|written|composed|typed|dictated) (?:from|via|with|by|using|on) [^,;!?]{0,60}?(?:${DEVICES}).{0,80}$`,
    'iu',
  ),
  /^[<(*_\s]*sent (?:from|via|with|by) (?:my|a|the|an) [^.,;:!?]{1,40}[>)*_.\s]*$/iu,
  /^sent (?:from|with) \[?[\p{L}\d .-]{1,30}\]?(?:\(|<)https?:\S{1,200}[>)](?: for [\p{L}\d .]{1,20})?$/iu,
  new RegExp(`^(?:from|someone from|via) (?:my )?(?:${DEVICES})[\\p{L}\\d .'-]{0,20}$`, 'iu'),
  /^(?:get|download|try) \[?(?:outlook|yahoo mail|bluemail|spark|aqua mail|typeapp)(?: for [a-z ]{1,20})?\]?\s?(?:[<(]?https?:\S{1,300})?$/iu,
  new RegExp(
    `^(?:diese nachricht wurde )?(?:von|mit) (?:meinem|meiner|unterwegs|der|einem) .{0,60}(?:gesendet|geschrieben|gesendet\\.)[.!]?$`,
    'iu',
  ),
  /^(?:von|mit) .{0,60} gesendet[.!]?$/iu,
  /^gesendet (?:von|mit|über|aus|via) .{1,80}$/iu,
  /^(?:envoyé|envoye|écrit) (?:depuis|de|à partir de|avec|par|via) .{1,80}$/iu,
  /^(?:télécharger|obtenez|téléchargez|provenance :) .{0,20}(?:outlook|courrier|mail).{0,80}$/iu,
  /^enviad[oa] (?:desde|do|da|de|através|a través|con|por|pelo|via|usando) .{1,80}$/iu,
  /^(?:obtener|obter|baixe o) outlook .{1,80}$/iu,
  /^(?:inviato|inviata|spedito) (?:da|dal|dall'|con|tramite) ?.{1,80}$/iu,
  /^(?:scarica|ottieni) outlook .{1,80}$/iu,
  /^(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|van|via|vanuit) .{1,80}$/iu,
  /^(?:sendt|skickat|skickat från|lähetetty|sent) (?:fra|från|via|med) .{1,80}$/iu,
  /^lähetetty .{1,60}$/iu,
  /^(?:wysłane|wysłano|odesláno|odoslané|poslano|trimis|elküldve) (?:z|ze|za pomocą|z mojego|de pe|din|iz|s) .{1,80}$/iu,
  /^(?:отправлено|отправлено|відправлено|надіслано|изпратено) (?:с|со|из|з|от|через) .{1,80}$/iu,
  /^.{0,30}(?:'?(?:ım|im|um|üm))?(?:dan|den|tan|ten) gönderildi$/iu,
  /^(?:στάλθηκε|εστάλη) από .{1,60}$/iu,
  /^(?:从|從|發自|发自|来自|由)\s?(?:我的|我嘅)?.{1,40}(?:发送|傳送|发出|寄出)?$/u,
  /^(?:發自|发自|来自)我的.{1,40}$/u,
  /^.{0,20}(?:iphone|ipad|android|スマートフォン|携帯).{0,10}(?:から送信|で送信).{0,5}$/iu,
  /^(?:나의|내) .{1,30}에서 보냄$/u,
  /^.{0,30}에서 (?:보냄|전송).{0,5}$/u,
  /^נשלח מ.{1,40}$/u,
  /^(?:أرسلت من|تم الإرسال من|مرسل من) .{1,40}$/u,
  /^von meinem .{1,60} gesendet.?$/iu,
  /^<{0,2}\s?sent by [\p{L}\d ]{1,20}\s?>{0,2}$/iu,
];

/** How people end a letter, in lower case, at the beginning of a line. */
export const CLOSINGS = new RegExp(
  `^[\\s>]*(?:${[
    'best( regards| wishes)?|kind(est)? regards|warm(est)? regards|with (best |kind )?regards|regards|sincerely|yours( sincerely| truly| faithfully)?|cheers|thanks( a lot| again| in advance| so much)?|thank you( very much)?|many thanks|thx|ta|cordially|respectfully',
    'mit (freundlichen|besten|herzlichen|lieben) grüßen|mit (freundlichem|bestem) gruß|(viele|liebe|beste|freundliche|herzliche|schöne) grüße|(lieben?|schönen|besten|freundlichen) gruß|gruß|grüße|hochachtungsvoll|mfg|lg|vg|danke|vielen dank',
    'cordialement|bien (cordialement|à vous)|salutations( distinguées)?|sincères salutations|amicalement|merci( d.avance| beaucoup)?|bonne journée',
    'saludos( cordiales)?|un (cordial )?saludo|atentamente|muchas gracias|gracias|cordiales saludos',
    'atenciosamente|(melhores |com os melhores )?cumprimentos|abraços|obrigad[oa]',
    'cordiali saluti|distinti saluti|un saluto|saluti|grazie( mille)?',
    'met vriendelijke groet(en)?|vriendelijke groet(en)?|mvg|groet(en|jes)?|(alvast )?bedankt|dank u',
    'med venlig hilsen|venlig hilsen|mvh|med vennlig hilsen|vennlig hilsen|hilsen|med vänliga hälsningar|vänliga hälsningar|hälsningar|vänligen|ystävällisin terveisin|terveisin|tak|takk|tack|kiitos',
    'pozdrawiam|z poważaniem|dziękuję|s pozdravem|pěkný den|děkuji|s pozdravom|lijep pozdrav|lep pozdrav|üdvözlettel|köszönettel|cu stimă|cu respect|mulțumesc',
    'с уважением|с наилучшими пожеланиями|всего доброго|спасибо|з повагою|дякую|поздрави|с поздрав',
    'με εκτίμηση|saygılarımla|iyi çalışmalar|teşekkürler|בברכה|תודה|مع تحياتي|شكرا|よろしくお願い|敬具|此致|祝好|谢谢|謝謝|감사합니다|trân trọng|salam',
  ].join('|')})(?=$|[\\s,.!;:،、。-])`,
  'iu',
);
