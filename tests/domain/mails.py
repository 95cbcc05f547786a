"""
Answers to notification mails, as what is left of them arrives as a comment: written for these tests, one for each
program and language. The answer stands above; every entry is what the program put below it.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """What Outlook writes above the mail that is answered, and what others write between dashes."""

    sender: str
    sent: str
    to: str
    subject: str
    original: str


WORDS = {
    "en": Words("From", "Sent", "To", "Subject", "Original Message"),
    "de": Words("Von", "Gesendet", "An", "Betreff", "Ursprüngliche Nachricht"),
    "fr": Words("De", "Envoyé", "À", "Objet", "Message d'origine"),
    "es": Words("De", "Enviado el", "Para", "Asunto", "Mensaje original"),
    "pt": Words("De", "Enviada", "Para", "Assunto", "Mensagem original"),
    "pt-br": Words("De", "Enviado em", "Para", "Assunto", "Mensagem encaminhada"),
    "it": Words("Da", "Inviato", "A", "Oggetto", "Messaggio originale"),
    "nl": Words("Van", "Verzonden", "Aan", "Onderwerp", "Oorspronkelijk bericht"),
    "sv": Words("Från", "Skickat", "Till", "Ämne", "Ursprungligt meddelande"),
    "da": Words("Fra", "Sendt", "Til", "Emne", "Oprindelig meddelelse"),
    "no": Words("Fra", "Sendt", "Til", "Emne", "Opprinnelig melding"),
    "fi": Words("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "Alkuperäinen viesti"),
    "pl": Words("Od", "Wysłano", "Do", "Temat", "Oryginalna wiadomość"),
    "cs": Words("Od", "Odesláno", "Komu", "Předmět", "Původní zpráva"),
    "sk": Words("Od", "Odoslané", "Komu", "Predmet", "Pôvodná správa"),
    "hu": Words("Feladó", "Elküldve", "Címzett", "Tárgy", "Eredeti üzenet"),
    "ro": Words("De la", "Trimis", "Către", "Subiect", "Mesaj original"),
    "ru": Words("От", "Отправлено", "Кому", "Тема", "Исходное сообщение"),
    "uk": Words("Від", "Надіслано", "Кому", "Тема", "Оригінальне повідомлення"),
    "tr": Words("Kimden", "Gönderildi", "Kime", "Konu", "Özgün İleti"),
    "el": Words("Από", "Στάλθηκε", "Προς", "Θέμα", "Αρχικό μήνυμα"),
    "ja": Words("差出人", "送信日時", "宛先", "件名", "元のメッセージ"),
    "zh-cn": Words("发件人", "发送时间", "收件人", "主题", "原始邮件"),
    "zh-tw": Words("寄件者", "寄件日期", "收件者", "主旨", "原始郵件"),
    "ko": Words("보낸 사람", "보낸 날짜", "받는 사람", "제목", "원본 메시지"),
    "he": Words("מאת", "נשלח", "אל", "נושא", "הודעה מקורית"),
    "ar": Words("من", "تم الإرسال", "إلى", "الموضوع", "الرسالة الأصلية"),
}

_BEHIND = "\n\nMail does not leave.\n\n/incident resolve\n"


def outlook(words: Words) -> str:
    """Outlook on a desk or on the web: a rule, four lines; the names carry no address inside a company."""
    return (
        f"________________________________\n{words.sender}: Bob Example\n{words.sent}: 3.11.2026 10:02\n"
        f"{words.to}: Ops\n{words.subject}: Re: [acme/shop] Mail (#12)" + _BEHIND
    )


def outlook_unruled(words: Words) -> str:
    """The same as plain text, where the rule is lost."""
    return (
        f"{words.sender}: Bob Example <bob@example.com>\n{words.sent}: 3.11.2026 10:02\n"
        f"{words.to}: Ops\n{words.subject}: Re: [acme/shop] Mail (#12)" + _BEHIND
    )


def bold(words: Words) -> str:
    """From a mail in HTML that was turned into Markdown."""
    return (
        f"**{words.sender}:** Bob Example  \n**{words.sent}:** 3.11.2026 10:02  \n**{words.to}:** Ops  \n"
        f"**{words.subject}:** Re: Mail" + _BEHIND
    )


def dashed(words: Words) -> str:
    """Telephones, Zimbra, QQ, older Outlook."""
    return f"-----{words.original}-----\n{words.sender}: bob@example.com\n{words.subject}: Mail" + _BEHIND


def wide(words: Words) -> str:
    """Colons as they are in French and Chinese."""
    return f"{words.sender}\u00a0: Bob\n{words.sent}\u00a0: 3.11.2026\n{words.subject}：Mail" + _BEHIND


SHAPES = {"outlook": outlook, "unruled": outlook_unruled, "bold": bold, "dashed": dashed, "wide": wide}
UNQUOTED = {
    f"{name}, {language}": shape(words) for language, words in WORDS.items() for name, shape in SHAPES.items()
}


def _texts(written: str) -> dict[str, str]:
    """Return the texts below their names."""
    named = (text.partition("\n") for text in written.strip("\n").removeprefix("=== ").split("\n=== "))
    return {name: text for name, _, text in named}


_FORWARDS = _texts("""
=== Gmail, forwarded
---------- Forwarded message ---------
From: Bob <bob@example.com>
Date: Tue, 3 Nov 2026 at 10:02
Subject: Mail
To: <ops@example.com>
=== Gmail, forwarded, German
---------- Forwarded message ---------
Von: Bob <bob@example.com>
Date: Di., 3. Nov. 2026 um 10:02 Uhr
Subject: Mail
To: <ops@example.com>
=== Apple Mail, forwarded
Begin forwarded message:

From: Bob <bob@example.com>
Subject: Mail
=== Apple Mail, forwarded, German
Anfang der weitergeleiteten Nachricht:

Von: Bob
Betreff: Mail
=== Thunderbird, forwarded
-------- Forwarded Message --------
Subject: \u0009Mail
Date: \u0009Tue, 3 Nov 2026 10:02:15 +0100
From: \u0009Bob <bob@example.com>
To: \u0009ops@example.com
=== Thunderbird, forwarded, Polish
-------- Treść przekazanej wiadomości --------
Temat: Mail
Data: 3 Nov 2026
Nadawca: Bob <bob@example.com>
Adresat: ops@example.com
=== Yahoo, forwarded, on one line
   ----- Forwarded Message ----- From: Bob <bob@example.com>To: OpsSent: TuesdaySubject: Mail
=== GMX
Gesendet: Dienstag, 03. November 2026 um 10:02 Uhr
Von: "Bob" <bob@example.com>
An: ops@example.com
Betreff: Mail
=== Notes
From:        Bob Example/ACME
To:        Ops/ACME
Date:        03.11.2026 10:02
Subject:        Mail
=== Samsung
-------- Original message --------
From: Bob <bob@example.com>
Date: 03/11/2026 10:02 (GMT+01:00)
To: Ops
Subject: Mail
=== Outlook, escaped
\\-\\-\\-\\-\\-Original Message\\-\\-\\-\\-\\-
\\*From:\\* Bob
*Sent:* Tuesday
=== Outlook, starred
*From:* Bob Example <bob@example.com>
*Sent:* Tuesday, 3 November 2026 10:02
*To:* Ops
=== Outlook, wrapped
From: notifications@example.com [mailto:notifications@example.com] On Behalf
Of Bob Example
Sent: Tuesday, 3 November 2026 10:02
To: Ops
Subject: Mail
=== Outlook, blank lines between
From: Bob

Sent: Tuesday, 3 November 2026 10:02

To: Ops

Subject: M
=== Outlook, only a rule and two lines
____________________________
From: bob
Date: Tuesday
=== Outlook, blank below the rule
________________________________

From: bob
Sent: Tuesday
=== Outlook, HTML left
<b>From:</b> Bob<br>
<b>Sent:</b> Tuesday<br>
<b>Subject:</b> Mail
=== From and address only
From: Bob <bob@example.com>
To: Ops <ops@example.com>
=== QQ
------------------&nbsp;原始邮件&nbsp;------------------
发件人: "Bob" <bob@example.com>;
发送时间: 2026年11月3日
=== Zoho
---- On Tue, 03 Nov 2026 10:02:15 +0100 Bob <bob@example.com> wrote ----
=== GitHub's footer
—
Reply to this email directly, view it on GitHub <https://forge.test/x>, or unsubscribe <https://forge.test/y>.
You are receiving this because you were mentioned.
=== GitHub's footer, bare
Reply to this email directly or view it on GitHub:
https://forge.test/x
=== GitHub's footer, Markdown
Reply to this email directly, [view it on GitHub](https://forge.test/x)
=== GitHub, above a comment
*bob* left a comment (acme/shop#12)
=== GitLab's footer
--\x20
Reply to this email directly or view it on GitLab: https://forge.test/x.
=== GitLab's footer, below
You're receiving this email because of your account on forge.test.
""")
UNQUOTED |= {name: text + _BEHIND for name, text in _FORWARDS.items()}

REPLY_HEADERS = _texts("""
=== Gmail, English
On Tue, 3 Nov 2026 at 10:02, Alice <alice@example.com> wrote:
=== Gmail, wrapped
On Tue, 3 Nov 2026 at 10:02, Alice Example <
alice@example.com> wrote:
=== Gmail, wrapped before the verb
On Tue, 3 Nov 2026 at 10:02, Alice Example <alice@example.com>
wrote:
=== Gmail, wrapped twice
On Tue, 3 Nov 2026 at 10:02 AM, Alice of a Long Name in Acme's Shop <
alice.example.of.a.very.long.name@mail.example.com
> wrote:
=== Gmail, German
Am Di., 3. Nov. 2026 um 10:02 Uhr schrieb Alice <alice@example.com>:
=== Gmail, German, wrapped
Am Di., 3. Nov. 2026 um 10:02 Uhr schrieb Alice Example <
alice@example.com>:
=== Gmail, German, name first
Alice <alice@example.com> schrieb am Di., 3. Nov.
2026 um 10:02:
=== Gmail, French
Le mar. 3 nov. 2026 à 10:02, Alice <alice@example.com> a écrit\u00a0:
=== Gmail, French, wrapped
Le mar. 3 nov. 2026 à 10:02, Alice Example <alice@example.com> a
écrit :
=== Gmail, Spanish
El mar, 3 nov 2026 a las 10:02, Alice (<alice@example.com>) escribió:
=== Gmail, Portuguese
Em ter., 3 de nov. de 2026 às 10:02, Alice <alice@example.com> escreveu:
=== Gmail, Brazilian, wrapped
Em ter., 3 de nov. de 2026 às 10:02, Alice <
alice@example.com> escreveu:
=== Gmail, Italian
Il giorno mar 3 nov 2026 alle ore 10:02 Alice <alice@example.com> ha
scritto:
=== Gmail, Dutch
Op di 3 nov 2026 om 10:02 schreef Alice <alice@example.com>:
=== Gmail, Swedish
Den tis 3 nov. 2026 kl 10:02 skrev Alice <alice@example.com>:
=== Gmail, Danish
Den tirs. 3. nov. 2026 kl. 10.02 skrev Alice <alice@example.com>:
=== Gmail, Norwegian
tir. 3. nov. 2026 kl. 10:02 skrev Alice <alice@example.com>:
=== Gmail, Finnish
ti 3. marrask. 2026 klo 10.02 Alice (alice@example.com) kirjoitti:
=== Gmail, Polish
wt., 3 lis 2026 o 10:02 Alice <alice@example.com> napisał(a):
=== Gmail, Czech
út 3. 11. 2026 v 10:02 odesílatel Alice <alice@example.com> napsal:
=== Gmail, Slovak
ut 3. 11. 2026 o 10:02 Alice <alice@example.com> napísal(a):
=== Gmail, Hungarian
Alice <alice@example.com> ezt írta (időpont: 2026. nov. 3., K,
10:02):
=== Gmail, Romanian
În mar., 3 nov. 2026 la 10:02, Alice <alice@example.com> a scris:
=== Gmail, Russian
вт, 3 нояб. 2026 г. в 10:02, Alice <alice@example.com>:
=== Gmail, Ukrainian
вт, 3 лист. 2026 р. о 10:02 Alice <alice@example.com> пише:
=== Gmail, Turkish
Alice <alice@example.com>, 3 Kas 2026 Sal, 10:02 tarihinde şunu yazdı:
=== Gmail, Greek
Στις Τρί 3 Νοε 2026 στις 10:02 π.μ., ο χρήστης Alice <alice@example.com> έγραψε:
=== Gmail, Japanese
2026年11月3日(火) 10:02 Alice <alice@example.com>:
=== Gmail, Chinese
Alice <alice@example.com> 于2026年11月3日周二 10:02写道：
=== Gmail, Chinese, traditional
Alice <alice@example.com> 於 2026年11月3日 週二 上午10:02寫道：
=== Gmail, Korean
2026년 11월 3일 (화) 오전 10:02, Alice <alice@example.com>님이 작성:
=== Gmail, Hebrew
\u202bבתאריך יום ג׳, 3 בנוב׳ 2026 ב-10:02 מאת \u202aAlice\u202c\u200f <\u202aalice@example.com\u202c\u200f>:\u202c
=== Gmail, Arabic
في الثلاثاء، 3 نوفمبر 2026 في 10:02 ص تمت كتابة ما يلي بواسطة Alice <alice@example.com>:
=== Apple Mail
On 3 Nov 2026, at 10:02, Alice <alice@example.com> wrote:
=== Apple Mail, German
Am 03.11.2026 um 10:02 schrieb Alice <alice@example.com>:
=== Apple Mail, Dutch
Op 3 nov. 2026 om 10:02 heeft Alice <alice@example.com> het volgende
geschreven:
=== Apple Mail, Chinese
在 2026年11月3日，上午10:02，Alice <alice@example.com> 写道：
=== Apple Mail, Japanese
2026/11/03 10:02、Alice <alice@example.com>のメール:
=== Apple Mail, Russian
3 нояб. 2026 г., в 10:02, Alice <alice@example.com> написал(а):
=== Apple Mail, Polish
Wiadomość napisana przez Alice <alice@example.com> w dniu 3 lis 2026, o godz. 10:02:
=== Thunderbird
On 11/3/26 10:02, Alice Example wrote:
=== Thunderbird, German
Am 03.11.26 um 10:02 schrieb Alice Example:
=== Thunderbird, French
Le 03/11/2026 à 10:02, Alice Example a écrit\u00a0:
=== Thunderbird, Italian
Il 03/11/26 10:02, Alice Example ha scritto:
=== Thunderbird, Polish
W dniu 3.11.2026 o 10:02, Alice Example pisze:
=== Thunderbird, Czech
Dne 03. 11. 26 v 10:02 Alice Example napsal(a):
=== Thunderbird, Russian
03.11.2026 10:02, Alice Example пишет:
=== Thunderbird, Japanese
On 2026/11/03 10:02, Alice Example wrote:
=== Yahoo
   On Tuesday, November 3, 2026, 10:02:15 AM GMT+1, Alice <alice@example.com> wrote:
=== Yahoo, German
 Am Dienstag, 3. November 2026 um 10:02:15 MEZ hat Alice <alice@example.com> Folgendes geschrieben:
=== Yahoo, Spanish
  El martes, 3 de noviembre de 2026, 10:02:15 CET, Alice <alice@example.com> escribió:
=== Outlook for the Mac
On 03/11/2026, 10:02, "Alice" <alice@example.com> wrote:
=== Outlook for the Mac, Portuguese
Em 03/11/26, 10:02, "Alice" <alice@example.com> escreveu:
=== Outlook for the Mac, Swedish
Den 2026-11-03 10:02 skrev "Alice" <alice@example.com> följande:
=== Notes
Alice Example/ACME wrote on 03.11.2026 10:02:15:
=== Notes, German
Alice Example/ACME schrieb am 03.11.2026 10:02:15:
=== NetEase
At 2026-11-03 10:02:15, "Alice" <alice@example.com> wrote:
=== Yandex
03.11.2026, 10:02, "Alice" <alice@example.com>:
=== Mail.ru
Вторник, 3 ноября 2026, 10:02 +03:00 от Alice <alice@example.com>:
=== Gmail of old
2026-11-03 10:02 GMT+01:00 Alice <alice@example.com>:
=== Evolution
On Tue, 2026-11-03 at 10:02 +0100, Alice Example wrote:
=== Roundcube
On 2026-11-03 10:02, Alice Example wrote:
=== mutt
On Tue, Nov 03, 2026 at 10:02:15AM +0100, Alice Example wrote:
=== KMail
On Tuesday, 3 November 2026 10:02:15 CET Alice Example wrote:
=== Gnus
Alice Example <alice@example.com> writes:
=== Proton
On Tuesday, November 3rd, 2026 at 10:02, Alice <alice@example.com> wrote:
=== GitHub
On Nov 3, 2026, at 10:02 AM, alice ***@***.***> wrote:
=== HTML, a link in it
On Tue, 3 Nov 2026 at 10:02, Alice <[a@example.com](mailto:a@example.com)> wrote:
""")

SIGNATURES = """
--\x20
--
\\--\x20
__
Sent from my iPhone
Sent from my Galaxy
Sent from Outlook for Android
Sent from [Outlook for iOS](https://forge.test/o)
Get Outlook for iOS<https://forge.test/o>
Sent from Mail for Windows
Sent from Yahoo Mail on Android
Sent via mobile phone
Sent with Proton Mail secure email.
<Sent from my phone>
Von meinem iPhone gesendet
Gesendet von Outlook für iOS
Von meinem Samsung Galaxy gesendet
Gesendet mit der GMX Mail App
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Envoyé de mon iPhone
Envoyé depuis mon téléphone
Télécharger Outlook pour iOS
Enviado desde mi iPhone
Obtener Outlook para Android
Enviado do meu iPhone
Obter o Outlook para iOS
Inviato da iPhone
Inviato dal mio telefono
Scarica Outlook per iOS
Verstuurd vanaf mijn iPhone
Verzonden vanaf Outlook voor Android
Skickat från min iPhone
Hämta Outlook för iOS
Sendt fra min iPhone
Hent Outlook til Android
Lähetetty iPhonesta
Hanki Outlook for iOS
Wysłane z iPhone’a
Pobierz program Outlook dla systemu iOS
Odesláno z iPhonu
Stáhnout Outlook pro iOS
Odoslané z iPhonu
Elküldve az iPhone-omról
Trimis de pe iPhone-ul meu
Отправлено с iPhone
Отправлено из мобильной Почты
Надіслано з iPhone
iPhone’umdan gönderildi
Στάλθηκε από το iPhone μου
iPhoneから送信
发自我的 iPhone
從我的 iPhone 傳送
나의 iPhone에서 보냄
נשלח מה-iPhone שלי
""".strip("\n").split("\n")

NO_MAIL = {
    "a lone From": "From: the status page",
    "a lone To": "To: all teams",
    "a header word in a sentence": "From: what we know, the disk is full.\nTo be sure we look again.",
    "hosts": "Failover\nFrom: db1\nTo: db2",
    "times": "From: 10:00\nTo: 12:30\nDate: 3 November",
    "times in German": "Von: 10:00\nBis: 12:00\nAn: alle",
    "a rule": "text\n\n---\n\nmore",
    "a longer rule": "text\n\n----\n\nmore",
    "a long rule": "text\n\n________________________________\n\nmore",
    "a rule above a list of words": "---\nImpact: all\nStatus: down",
    "a table": "| From: | To: | Subject: |\n|---|---|---|\n| a@x.test | b@x.test | c |",
    "a list": "- From: a@x.test\n- Sent: today\n- Subject: x",
    "a log": "Date: 2026-11-03\nServer: nginx\nContent-Length: 12\nStatus: 502",
    "prose": "On Tuesday we wrote: the disk is full.",
    "prose that ends with a colon": "On Tuesday we wrote:\nthe disk is full",
    "prose with a time": "On Tuesday at 10:02 the vendor wrote:\nwe are on it",
    "prose with day and time": "On 3 November 2026 at 10:02 we wrote:\nwe are on it",
    "a dash in a sentence": "we failed over -- twice",
    "a dash at the beginning": "-- twice, in fact",
    "sent from": "Sent from the monitoring to all teams: the disk is full, and it has been for an hour.",
    "sent by mail": "Sent by mail to all customers at 10:02",
    "sent with a device": "Sent from the Android team: we see it as well",
    "a program": "The crash affects Outlook for iOS",
    "get": "Get the logs from the mail server",
    "a code block": "```\nFrom: Bob <bob@example.com>\nSent: Tuesday\nSubject: Mail\n```",
    "a code block of waves": "~~~ text\n-----Original Message-----\nFrom: Bob\nSubject: x\n~~~",
    "GitLab's quote": ">>>\nFrom: Bob <bob@example.com>\nSent: Tuesday\n>>>",
    "a quoted original": "> -----Original Message-----\n> From: Bob\n> Sent: Tuesday",
    "original message in a sentence": "The original message was lost.",
    "reply in a sentence": "Please reply to this email directly.",
    "the words far apart": "From: the vendor\n\n\n\nSubject: none",
    "a heading of dashes": "--- Timeline ---\n10:02 disk full",
    "numbers": "Sent: 1200\nReceived: 3\nQueued: 1197",
    "YAML": "subject: x\nkind: y\nmetadata:\n  name: z",
    "a certificate": "Issuer: CN=ca\nSubject: CN=shop\nNot After: 2026-11-03",
    "a link's text": "see [From: here](https://forge.test)\nSent: no",
    "greeting": "On it!\nBest regards,\nAlice",
    "Spanish de": "De: momento nada\nPara: mañana veremos",
    "a colon behind a time": "At 10:02 the checks were green again:\n- disk\n- mail",
}
