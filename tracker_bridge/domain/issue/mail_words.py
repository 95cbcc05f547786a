"""
What mail programs write around a mail, in the languages that the common ones speak.

Words are compared without case and blanks, so ``De la``, ``DE LA`` and ``Dela`` are one.
"""

from typing import Final

FROM: Final = """
    From Von De Da Van Från Fra Lähettäjä Od Feladó Küldő Expeditor Expeditorul De_la От Отправитель От_кого Від
    Від_кого Відправник Kimden Gönderen Από Αποστολέας 差出人 送信元 送信者 发件人 寄件者 寄件人 發件人 보낸_사람
    발신자 발신인 보낸이 מאת من المرسل Mittente Nadawca Remitente Remetente Expéditeur Absender Afsender Avsender
    Afzender Avsändare Šalje Saatja Odesílatel Odosielateľ
"""
SENT: Final = """
    Sent Sent_on Sent_at Date_Sent Gesendet Gesendet_am Envoyé Envoyé_le Enviado Enviado_el Enviado_em Enviada
    Enviada_em Enviado_a Inviato Inviato_il Verzonden Verzonden_op Skickat Sendt Lähetetty Wysłano Wysłane
    Data_wysłania Odesláno Odoslané Elküldve Küldve Küldés_ideje Trimis Отправлено Дата_отправки Надіслано
    Відправлено Gönderildi Gönderilen Gönderme_Tarihi Gönderim_tarihi Στάλθηκε Απεστάλη Αποστολή 送信日時 发送时间
    发送日期 寄件日期 傳送時間 傳送日期 發送時間 發送日期 보낸_날짜 보낸_시간
    נשלח تم_الإرسال تاريخ_الإرسال أرسلت أُرسلت
"""
DATE: Final = """
    Date Datum Fecha Data Dato Päiväys Päivämäärä Pvm Dátum Dată Дата Tarih Ημερομηνία Ημ/νία
    日付 日時 日期 时间 時間
    날짜 일시 תאריך التاريخ Le
"""
TO: Final = """
    To An À A Para Aan Till Til Vastaanottaja Komu Do Pre Címzett Către Destinatar Destinatarul Кому Kime Alıcı
    Προς 宛先 送信先 收件人 收件者 받는_사람 받는사람 수신자 수신 אל إلى Pour Destinataire Adresat Empfänger
"""
SUBJECT: Final = """
    Subject Betreff Objet Sujet Asunto Assunto Oggetto Onderwerp Ämne Emne Aihe Temat Předmět Predmet Věc Tárgy
    Subiect Subiectul Тема Konu Θέμα 件名 主题 主旨 主題 标题 제목 נושא الموضوع Naslov
"""

ORIGINAL: Final = (
    "Original Message|Reply Message|Forwarded Message|Original Email|Original Mail|Original Appointment"
    "|Ursprüngliche Nachricht|Originalnachricht|Original-Nachricht|Original Nachricht|Weitergeleitete Nachricht"
    "|Ursprünglicher Termin|Message d'origine|Message original|Message initial|Message transféré|Message transmis"
    "|Courriel original|Mensaje original|Mensaje reenviado|Mensaje enviado|Mensagem original|Mensagem encaminhada"
    "|Mensagem reencaminhada|Messaggio originale|Messaggio inoltrato|Oorspronkelijk bericht|Origineel bericht"
    "|Doorgestuurd bericht|Ursprungligt meddelande|Originalmeddelande|Vidarebefordrat meddelande"
    "|Oprindelig meddelelse|Oprindelig besked|Videresendt meddelelse|Videresendt besked|Opprinnelig melding"
    "|Videresendt melding|Alkuperäinen viesti|Edelleenlähetetty viesti|Välitetty viesti|Wiadomość oryginalna"
    "|Oryginalna wiadomość|Wiadomość pierwotna|Przekazana wiadomość|Treść przekazanej wiadomości|Původní zpráva"
    "|Původní e-mail|Přeposlaná zpráva|Pôvodná správa|Preposlaná správa|Eredeti üzenet|Továbbított üzenet"
    "|Mesaj original|Mesajul original|Mesaj inițial|Mesaj redirecționat|Исходное сообщение|Исходное письмо"
    "|Оригинальное сообщение|Пересылаемое сообщение|Перенаправленное сообщение|Переадресованное сообщение"
    "|Оригінальне повідомлення|Вихідне повідомлення|Початкове повідомлення|Переслане повідомлення"
    "|Перенаправлене повідомлення|Özgün İleti|Orijinal Mesaj|Orijinal İleti|Asıl İleti|İletilmiş Mesaj"
    "|İletilen İleti|Αρχικό μήνυμα|Προωθημένο μήνυμα"
    "|元のメッセージ|オリジナルメッセージ|オリジナル メッセージ"
    "|転送されたメッセージ|転送メッセージ|メッセージを転送|原始邮件|原邮件|原始消息|转发邮件|转发的邮件|原始郵件|原始訊息|原郵件|轉寄郵件"
    "|轉寄的郵件|원본 메시지|원본 메일|원래 메시지|전달된 메시지|הודעה מקורית|ההודעה המקורית|הודעה שהועברה"
    "|الرسالة الأصلية|رسالة أصلية|رسالة معاد توجيهها"
)
"""Between dashes, above an original that is not quoted."""

FORWARDED: Final = (
    "Begin forwarded message|Forwarded message|Anfang der weitergeleiteten Nachricht|Début du message réexpédié"
    "|Début du message transféré|Inicio del mensaje reenviado|Início da mensagem reencaminhada"
    "|Início da mensagem encaminhada|Inizio messaggio inoltrato|Begin doorgestuurd bericht|Vidarebefordrat mejl"
    "|Start på videresendt besked|Videresendt melding|Välitetty viesti alkaa|Początek przekazywanej wiadomości"
    "|Začátek přeposílané zprávy|Začiatok preposlanej správy"
    "|Továbbított levél kezdete|Începe mesajul redirecționat"
    "|Начало переадресованного сообщения|Початок листа, що пересилається|İleti başlangıcı"
    "|Έναρξη προωθημένου μηνύματος|転送されたメッセージ|下面是被转发的邮件|以下是轉寄的郵件|전달된 메시지"
)
"""With a colon behind it, alone on its line."""

WROTE: Final = (
    r"wrote|writes|schrieb|schrieben|geschrieben|a (?:\w+ )?écrit|écrit|escribió|escribio|escreveu|ha scritto"
    r"|schreef|geschreven|skrev|kirjoitti|napisał(?:a|\(a\))?|pisze|napsal(?:a|\(a\))?|napísal(?:a|\(a\))?"
    r"|(?:ezt )?írta|a scris|написала?|написал\(а\)|писал|пишет|написав|пише|şunu yazdı|yazdı|έγραψε|ha escrit"
)
"""Words of a reply header with spaces around them; the languages without spaces follow."""

WROTE_UNSPACED: Final = (
    r"写道|寫道|写到|のメッセージ|のメール|napisana przez|書きました|님이|작성|썼습니다|כתב|מאת|كتب|بواسطة"
)

OPENERS: Final = (
    r"On|At|In|Am|Le|El|Em|Il|In data|Op|Den|D\.|Dne|Dňa|Dnia|W dniu|În|La|Pe|Στις|Τη|Την|Kun|Koska"
    r"|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim|dom"
    r"|seg|ter|qua|qui|sex|gio|sab|ma|wo|za|zo|mån|tis|ons|tor|tors|fre|lör|sön|man|tir|lør|søn|ti|ke|to|pe|la|su"
    r"|pon|pn|wt|śr|sob|czw|pt|niedz|ndz|nd|po|út|st|čt|pá|ne|ut|št|pi|mie|joi|vin|dum|пн|вт|ср|чт|пт|сб|вс|нд"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|понеділок|вівторок|середа|четвер|п'ятниця"
    r"|субота|неділя"
)
"""How a reply header begins that does not begin with a date: a preposition, or the day of the week."""

OPENERS_UNSPACED: Final = "在|于|於|בתאריך|ב-|في|يوم"

PRONOUNS: Final = "we|I|they|he|she|you|wir|ich|nous|ils|je|nosotros|nós|noi|wij|we|vi|jag|jeg|my|мы|я|ми"
"""In front of "wrote": a sentence of somebody's, no header."""

DEVICES: Final = (
    r"iphon\w*|ipad\w*|ipod\w*|macbook|apple watch|android\w*|samsung\w*|galaxy|pixel|xperia|huawei|xiaomi|redmi"
    r"|oneplus|nokia|motorola|fairphone|blackberry|windows|outlook|yahoo|gmail|aol|gmx|web\.de|proton\w*|tutanota|airmail|k-9"
    r"|thunderbird|fairemail|zimbra|hcl verse|lotus notes|bluemail|aqua mail|superhuman"
    r"|mailspring|яндекс\S*|mail\.ru"
)
"""Names that mean a telephone or a program wherever they stand in the line."""

DEVICE_WORDS: Final = (
    r"phone|téléphone|telefon\w*|telefoon|teléfono|telefono|móvil|movil|telemóvel|celular|cellulare|mobil\w*|smart\w*"
    r"|handy|mobilgerät|tablet\w*|tablette|spark|tuta|nine|hey|device|телефон\w*|мобильн\w*|мобільн\w*|почт\w*|пошт\w*"
    r"|κινητό|手机|手機|行動裝置|휴대폰|携帯"
)
"""Words that do so at the end of it."""

SENT_FROM: Final = (
    r"sent (?:from|via|with|by|using)|envoyé (?:de|depuis|à partir|avec)|gesendet (?:von|mit|"
    r"über|aus)|von mein\w*|diese nachricht wurde|enviado (?:desde|con|do|da|de|via|"
    r"pelo|a partir)|enviada (?:do|da|pelo)|inviato (?:da|dal|dall'|con|tramite)"
    r"|verzonden (?:vanaf|met|via|vanuit)|verstuurd (?:vanaf|met|via|vanuit)|skickat från"
    r"|skickades från|från min|sendt (?:fra|via|med)|lähetetty|wysłan[oe] (?:z|za)"
    r"|odesláno (?:z|ze|pomocí)|odoslané (?:z|zo|pomocou)"
    r"|elküldve|küldve|trimis (?:de|din|cu)|отправлено (?:с|из|от)"
    r"|надіслано (?:з|із)|відправлено (?:з|із)|στάλθηκε (?:από|με)|απεστάλη από"
    r"|发自|從我的|从我的|發自|נשלח|أرسل(?:ت)? من|مرسل من|مُرسل من|تم الإرسال من"
)
"""How the line begins that a telephone puts below a mail; a device or a program is named behind it."""

GET: Final = (
    r"get|télécharge[rz]|obtenez|holen sie sich|hol dir|laden sie|obten(?:er|ga)|obter|obtenha|baixar"
    r"|ottieni|scarica"
    r"|download|hämta|hent|få|skaff|hanki|lataa|pobierz|získat|získejte|stáhnout|získať|stiahnuť|beszerezheti"
    r"|obțineți|descărcați|скачать|получить|завантажити|отримати|λήψη|获取|取得|下载"
)
"""How the line begins that advertises a program below a mail."""

SENT_FROM_BEHIND: Final = (
    r"gesendet|gönderildi|yollandı|küldve|から送信|발송|에서 보냄|에서 전송|发送|傳送|寄出|lähetetty|downloaden"
    r"|herunterladen|beszerzése|edinin|を入手|다운로드"
)
"""The same where the verb stands last."""
