### Jeder Satz, den jemand lesen kann, auf Deutsch. Die Schlüssel sind in allen Sprachen dieselben.

## The language

language-name = Deutsch

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } Sekunde
       *[other] { $count } Sekunden
    }
duration-minutes =
    { $count ->
        [one] { $count } Minute
       *[other] { $count } Minuten
    }
duration-hours =
    { $count ->
        [one] { $count } Stunde
       *[other] { $count } Stunden
    }
duration-days =
    { $count ->
        [one] { $count } Tag
       *[other] { $count } Tage
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Angekommen. Dein Foto ist als nächstes dran.
        [one] Angekommen. Vor deinem ist noch { $ahead } Foto dran.
       *[other] Angekommen. Vor deinem sind noch { $ahead } Fotos dran.
    }
progress-decode = Ich öffne dein Foto…
progress-repair = Das Foto wird ausgebessert…
progress-detect = Ich suche Gesichter…
progress-clean = Das ganze Foto wird gereinigt…
progress-restore =
    { $faces ->
        [one] Ein Gesicht gefunden. Ich stelle es wieder her…
       *[other] { $faces } Gesichter gefunden, { $done } davon sind fertig…
    }
progress-blend = Ich füge alles zusammen…
progress-encode = Gleich fertig…

## The reply

reply-restored =
    { $count ->
        [one] Ein Gesicht wiederhergestellt.
       *[other] { $count } Gesichter wiederhergestellt.
    }
reply-too-small =
    { $count ->
        [one] Ein Gesicht war zu klein.
       *[other] { $count } Gesichter waren zu klein.
    }
reply-too-many =
    { $count ->
        [one] Es sind viele Gesichter: Die größten sind restauriert, { $count } blieb, wie es war.
       *[other] Es sind viele Gesichter: Die größten sind restauriert, { $count } blieben, wie sie waren.
    }
reply-cleaned = das ganze Foto gereinigt
reply-cleaned-grain = Körnung entfernt
reply-cleaned-halftone = Druckraster entfernt
reply-cleaned-jpeg = Kompressionsspuren entfernt
reply-repaired = Kratzer und Staub ausgebessert
reply-repaired-scratches = Kratzer ausgebessert
reply-repaired-dust = Staub entfernt
reply-toned = Kontrast zurückgeholt
reply-no-face = Ein Gesicht habe ich darin nicht gefunden.
reply-remembered = Das merke ich mir für deine nächsten Fotos; /settings ändert es.
share-ready = Vorher und nachher, zum Teilen.
faces-button = Gesichter wählen
print-button = Druckqualität
print-choose = Wie groß soll der Abzug werden?
print-sharp = Bei { $size } hat der Abzug { $dpi } Punkte je Zoll. Scharf lässt sich das Foto bis { $sharp } drucken.
print-soft = Bei { $size } hat der Abzug { $dpi } Punkte je Zoll und wirkt weich. Scharf lässt sich das Foto bis { $sharp } drucken.
faces-choose = Drück die Nummer eines Gesichts, um zu ändern, was mit ihm geschieht: ✓ wiederherstellen, ½ sanft, – so lassen. Drück dann „Wiederherstellen“.
faces-restore = Wiederherstellen
faces-cards = Gesichtskarten
faces-none = Wähle mindestens ein Gesicht.
face-card = Gesicht { $number }: Reihe { $row }, Nummer { $place } von links.
reminder-button = Sag mir, wenn es wieder da ist
reminder-set = Ich sage dir morgens Bescheid, wenn dein freies Foto wieder da ist.
reminder = Dein freies Foto ist wieder da. Schick mir das nächste, wann du willst.
reply-incomplete =
    { $count ->
        [one] Ein Gesicht ist in der Datei abgeschnitten und blieb, wie es war.
       *[other] { $count } Gesichter sind in der Datei abgeschnitten und blieben, wie sie waren.
    }
reply-held =
    { $count ->
        [one] Ein Gesicht blieb näher am Original, damit es der Person noch ähnlich sieht.
       *[other] { $count } Gesichter blieben näher am Original, damit sie den Personen noch ähnlich sehen.
    }
note-tone-mapped = Das Foto hatte einen hohen Dynamikumfang; ich habe es an gewöhnliche Bildschirme angepasst.
note-gain-map = Die zusätzliche Helligkeit für HDR-Bildschirme fehlt im Ergebnis.
note-preview = Das ist eine Rohdatei einer Kamera: Restauriert ist das Bild, das die Kamera darin abgelegt hat.
note-incomplete = Die Datei hört zu früh auf: { $count } Prozent des Fotos fehlen. Schick es noch einmal, wenn du es ganz hast.
note-coarse = Die Datei hört zu früh auf, deshalb fehlen dem Foto feine Einzelheiten. Schick es noch einmal, wenn du es ganz hast.
note-other-pages =
    { $count ->
        [one] Die Datei hat noch eine Seite oder ein Bild; das blieb, wie es war. Schick es bitte einzeln.
       *[other] Die Datei hat noch { $count } Seiten oder Bilder; sie blieben, wie sie waren. Schick sie bitte einzeln.
    }
offer-upright =
    { $rotation ->
        [180] Dieses Foto steht auf dem Kopf. Soll ich es drehen?
       *[other] Dieses Foto liegt auf der Seite. Soll ich es drehen?
    }
quota-left =
    { $left ->
        [0] Für heute war es das. In { $renews_in } hast du wieder { $limit } frei.
       *[other] Heute hast du noch { $left } von { $limit } frei, in { $renews_in } wieder alle.
    }

## Tarife

quota-none = Freie Fotos sind hier abgeschaltet.
plan-has = Dein Tarif { $plan } läuft noch { $time }.
plan-has-endless = Du hast den Tarif { $plan }.
plan-photos-left =
    { $count ->
        [one] Du hast noch { $count } gekauftes Foto.
       *[other] Du hast noch { $count } gekaufte Fotos.
    }
offers-free =
    { $free ->
        [one] Ein Foto am Tag ist für alle frei.
       *[other] { $free } Fotos am Tag sind für alle frei.
    }
offers-intro = Mit einem Tarif restaurierst du mehr Fotos, und deine kommen zuerst dran:
offers-none = Hier gibt es nichts zu kaufen.
offers-code = Hast du einen Code? Schick /unlock und den Code.
more-with-premium = Du musst nicht warten: /premium zeigt, wie du mehr bekommst.
offer-subscription = { $plan }: { $price } Stars alle { $count } Tage, bis du kündigst
offer-days =
    { $count ->
        [one] { $plan }: { $count } Tag für { $price } Stars
       *[other] { $plan }: { $count } Tage für { $price } Stars
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } Foto für { $price } Stars
       *[other] { $plan }: { $count } Fotos für { $price } Stars
    }
offer-instead = (statt { $full })
unlock-howto = Schreib deinen Code hinter den Befehl: /unlock CODE
code-discount = Der Code gilt: Dein nächster Kauf kostet { $percent } % weniger. /premium zeigt die Preise.
code-unlocked-photos =
    { $count ->
        [one] Der Code gilt: Du hast { $count } Foto mehr ({ $plan }).
       *[other] Der Code gilt: Du hast { $count } Fotos mehr ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] Der Code gilt: Du hast { $plan } für { $count } weiteren Tag.
       *[other] Der Code gilt: Du hast { $plan } für { $count } weitere Tage.
    }

## Commands

help =
    Schick mir ein Foto, und ich restauriere es: jedes Gesicht, dazu Kratzer, Staub, Körnung und verblassten Kontrast, wo es sie hat. Ein heiles Foto ändert sich nur in den Gesichtern.
    Alt, unscharf, zerkratzt oder verblasst: Am besten gelingen Porträts, auch Gruppenfotos, Gesicht für Gesicht.
    Sehr kleine Gesichter bleiben, wie sie sind. Ein wiederhergestelltes Gesicht ist gut geraten, kein Beweis: Einzelheiten können anders gewesen sein.
    Fotos werden nach { $hours } Stunden gelöscht.
help-commands =
    /restore – ein Foto wiederherstellen
    /quota – was heute noch frei ist
    /premium – mehr Fotos
    /unlock – einen Code einlösen
    /settings – Sprache, Stärke, Größe
    /cancel – Wartende Fotos abbrechen
    /privacy – was wie lange behalten wird
    /deletemydata – Deine Fotos und Einstellungen löschen
    /help – dieser Text
restore-howto = Schick ein Foto, und ich restauriere es.
unknown-command = { $command } kenne ich nicht. /help hilft weiter.
cancelled = Abgebrochen. Es hat dich nichts gekostet.
forget-sure = Deine Fotos und Einstellungen jetzt löschen? Wartende Fotos werden abgebrochen. Fotos, die du heute geschickt hast, zählen weiter.
forget-done = Erledigt. Deine Fotos und Einstellungen sind gelöscht.
legal-privacy-whole = Die ganze Datenschutzerklärung: { $url }
legal-terms = Schick nur Fotos, die du verwenden darfst. Ein wiederhergestelltes Gesicht ist zum Teil geraten und kann von der Person abweichen. Ein Foto, das misslingt, kostet nichts; mehr wird nicht versprochen.
legal-terms-whole = Die ganzen Bedingungen: { $url }

## Telegram

telegram-about = Das dauert etwa { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Deine { $count } Fotos sind angekommen und als nächste dran.
        [one] Deine { $count } Fotos sind angekommen. Vor ihnen ist noch { $ahead } Foto dran.
       *[other] Deine { $count } Fotos sind angekommen. Vor ihnen sind noch { $ahead } Fotos dran.
    }
telegram-album-progress = In Arbeit: { $done } von { $count } Fotos sind fertig…
telegram-album-refused =
    { $count ->
        [one] Ein Foto dieses Albums wurde nicht wiederhergestellt.
       *[other] { $count } Fotos dieses Albums wurden nicht wiederhergestellt.
    }
telegram-album-line = Foto { $number }: { $text }
telegram-album-pick = Mehr zu einem einzelnen Foto:
telegram-adjusted = Diese Anpassung war frei.
telegram-ready = Dein Foto ist fertig.
telegram-coming = Kommt sofort…
telegram-on-it = Bin dabei…
telegram-done-already = Das habe ich schon gemacht.
telegram-not-yours = Diese Knöpfe sind nur für die Person, die gefragt hat.
telegram-full-quality = Volle Qualität, als Datei.
telegram-deleted = Gelöscht.
telegram-too-old-to-delete = Bei mir ist das Foto gelöscht. Telegram lässt mich meine Nachrichten nur zwei Tage lang entfernen: Bitte entferne diese selbst.
telegram-file-name = wiederhergestellt
telegram-start =
    Ich gebe alten und beschädigten Fotos ihre Gesichter zurück. Schick mir ein Foto, und ich antworte mit dem wiederhergestellten.
    { $free ->
        [0] Mehr dazu: /help
        [one] Ein Foto am Tag ist frei. Mehr dazu: /help
       *[other] { $free } Fotos am Tag sind frei. Mehr dazu: /help
    }
telegram-howto = Schick mir ein Foto, oder antworte auf eines mit /restore.
telegram-howto-group = Antworte auf ein Foto mit /restore, oder schreib /restore unter ein Foto, das du schickst.
telegram-guest = Als Gast in diesem Chat kann ich keine Fotos senden. Füge mich diesem Chat hinzu, oder schick mir das Foto in unserem privaten Chat.
telegram-text = Schick mir ein Foto, und ich restauriere es. Mehr dazu: /help
telegram-not-for-us = Ich kann nur Fotos wiederherstellen. Schick mir bitte eines, als Foto oder als Datei.
telegram-help =
    Wie geht das? Ein neuronales Netz zeichnet jedes Gesicht neu aus dem, was davon noch da ist, und ich füge es in dein Foto ein.
    Sieht jemand danach anders aus? Ein wenig: je schlechter das Foto, desto mehr ist geraten. „Sanfter“ behält mehr vom Original.
    Gruppenfotos? Ja, jedes Gesicht, das groß genug ist.
    Sehr kleine Gesichter? Die lasse ich in Ruhe; ein größerer Scan hilft.
    Was kann ich nicht? Große Risse und fehlende Teile bleiben, und Schwarzweiß bleibt Schwarzweiß. „Ohne Ausbesserung“ und „Nur Gesichter“ nehmen zurück, was ich neben den Gesichtern getan habe.
    Beste Qualität: Schick das Foto als Datei. In einer Gruppe: Antworte auf ein Foto mit /restore.
telegram-privacy = Deine Fotos behalte ich { $hours } Stunden lang, für deine Knöpfe; dann lösche ich sie. Ich merke mir die Kennung deines Kontos, wann du Fotos geschickt hast und was daraus wurde, damit die Zählung stimmt; was du in /settings gewählt hast; und was du gekauft oder eingelöst hast. Niemand sieht sich deine Fotos an, und nichts wird damit trainiert. /deletemydata löscht sofort deine Fotos, deine Einstellungen und was ich über deine Fotos weiß. Die Kennung wird gelöscht, sobald sie nicht mehr gebraucht wird: für die Zählung von heute, einen Tarif, einen noch gültigen Code oder eine Sperre. Zahlungen bleiben in der Buchhaltung, ohne die Kennung.
telegram-delete-kept = Es wurde nichts gelöscht.
telegram-premium-group = Ich zeige dir in unserem privaten Chat, was du hast und was du kaufen kannst.
telegram-terms = Die Verkaufsbedingungen: { $url }
telegram-terms-none = Du kannst Zeit oder Fotos mit diesem Bot kaufen, nur für dein Konto. Nichts verlängert sich, außer das Angebot sagt es, und du kannst eine Verlängerung jederzeit kündigen. Bei Fragen und Rückzahlungen hilft /paysupport.
telegram-receipt = Danke! Deine Zahlung von { $amount } Stars ist da. Fragen dazu: /paysupport
telegram-receipt-subscription = Es verlängert sich von selbst. Kündigen kannst du in den Einstellungen von Telegram unter „Meine Sterne“.
telegram-not-credited = Deine Zahlung von { $amount } Stars ist da, aber ich konnte sie dir nicht gutschreiben. Wer diesen Bot betreibt, kann sie sehen: Schreib bitte dorthin, siehe /paysupport. Nummer der Zahlung: { $charge }
telegram-refunded = Deine Zahlung von { $amount } Stars wurde zurückgegeben, und was du dafür bekommen hast, ist zu Ende.
telegram-paysupport = Wegen Zahlungen schreib an { $contact }, mit der Nummer der Zahlung. Der Support von Telegram kann hier nicht helfen.
telegram-paysupport-nobody = Wegen Zahlungen schreib an den Betreiber dieses Bots, mit der Nummer der Zahlung. Der Support von Telegram kann hier nicht helfen.
telegram-paysupport-payment = { $date }, { $amount } Stars, Nummer { $charge }
settings-title = Deine Einstellungen, für alle deine Fotos:
telegram-setting-language = Sprache: { $value }
telegram-setting-strength = Stärke: { $value }
telegram-setting-fidelity = Treue: { $value }
telegram-setting-upscale = Größe: { $value }
telegram-setting-scope = Umfang: { $value }
telegram-setting-reply-as-file = Antwort: { $value }
telegram-setting-model = Modell: { $value }
setting-about-language = Welche Sprache soll ich sprechen?
setting-about-strength = Wie stark sollen Gesichter wiederhergestellt werden? Weniger behält mehr vom Original.
setting-about-fidelity = Lebendige Gesichter sind klarer, treue näher am Original.
setting-about-upscale = Soll das Foto größer werden?
setting-about-scope = Was soll ich restaurieren? Automatisch sind es die Gesichter und vom Rest, was das Foto braucht: nichts, wenn es heil ist. „Ganzes Foto“ bessert jedes Foto aus und reinigt es.
setting-about-reply-as-file = Soll ich mit einem Foto antworten oder mit einer Datei in voller Qualität?
setting-about-model = Welches Modell soll deine Fotos wiederherstellen?
setting-value-auto = automatisch
setting-value-strength-50 = halb
setting-value-strength-75 = sanft
setting-value-strength-100 = voll
setting-value-fidelity-0 = lebendig
setting-value-fidelity-50 = ausgewogen
setting-value-fidelity-100 = treu
setting-value-upscale-1 = wie es ist
setting-value-upscale-2 = doppelt
setting-value-upscale-4 = vierfach
setting-value-scope-faces = nur Gesichter
setting-value-scope-photo = ganzes Foto
setting-value-reply-as-file-no = Foto
setting-value-reply-as-file-yes = Datei
telegram-group-settings = Die Einstellungen dieser Gruppe, für ihre Administratoren. Für deine eigenen Fotos überall schick mir /settings in unserem privaten Chat.
telegram-group-language = Sprache: { $value }
telegram-group-scope = Wiederherstellen: { $value }
telegram-group-who = Wer fragen darf: { $value }
telegram-group-photos-per-day = Fotos am Tag: { $value }
telegram-group-results = Ergebnisse: { $value }
telegram-group-about-language = In welcher Sprache soll ich allen antworten, die keine gewählt haben?
telegram-group-about-scope = Was soll ich an den Fotos dieser Gruppe wiederherstellen, wenn niemand etwas anderes sagt?
telegram-group-about-who = Wer darf hier Fotos wiederherstellen lassen?
telegram-group-about-photos-per-day = Wie viele Fotos am Tag darf die ganze Gruppe wiederherstellen lassen?
telegram-group-about-results = Wohin sollen wiederhergestellte Fotos kommen?
telegram-group-value-scope-own = wie jeder mag
telegram-group-value-who-everybody = alle
telegram-group-value-who-administrators = Administratoren
telegram-group-value-photos-per-day-0 = ohne Grenze
telegram-group-value-results-asked = wo jemand fragt
telegram-group-value-results-here = dieses Thema
telegram-not-administrator = Nur Administratoren dieser Gruppe können diese Knöpfe benutzen.
telegram-results-elsewhere = Das wiederhergestellte Foto kommt in das Thema dieser Gruppe für Ergebnisse.
telegram-button-file = 📄 Volle Qualität
telegram-button-compare = ↔️ Vorher/nachher
telegram-button-closer = 🤔 Nicht ganz ähnlich?
telegram-button-gentler = ➖ Sanfter
telegram-button-stronger = ➕ Stärker
telegram-button-vivid = ✨ Lebendiger
telegram-button-faithful = 🎯 Treuer
telegram-button-photo = 🖼️ Ganzes Foto
telegram-button-faces = 🙂 Nur Gesichter
telegram-button-undo-repair = ↩️ Ohne Ausbesserung
telegram-button-whole = 🖼️ Ganzes Foto restaurieren
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Zurück
telegram-button-delete = 🗑️ Löschen
telegram-button-delete-photo = 🗑️ Ja, löschen
telegram-button-private-chat = Unser privater Chat
telegram-button-offers = ⭐ Zeig es mir
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Abonnieren für { $price }
telegram-button-delete-yes = Alles löschen
telegram-button-delete-no = Behalten
telegram-command-restore = Ein Foto wiederherstellen
telegram-command-quota = Was heute noch frei ist
telegram-command-settings = Sprache, Stärke, Größe
telegram-command-cancel = Wartende Fotos abbrechen
telegram-command-premium = Mehr Fotos
telegram-command-unlock = Einen Code einlösen
telegram-command-help = Wie es geht und was nicht geht
telegram-command-privacy = Was wie lange behalten wird
telegram-command-deletemydata = Deine Fotos und Einstellungen löschen
telegram-command-paysupport = Hilfe bei einer Zahlung
telegram-command-terms = Verkaufsbedingungen

## Discord. Names of commands and options are one word in lower case; descriptions have up to 100 letters.

discord-menu-restore = Gesichter wiederherstellen
discord-name-restore = wiederherstellen
discord-name-quota = guthaben
discord-name-settings = einstellungen
discord-name-cancel = abbrechen
discord-name-premium = premium
discord-name-unlock = freischalten
discord-name-privacy = datenschutz
discord-name-terms = bedingungen
discord-name-erase = meine-daten-löschen
discord-name-help = hilfe
discord-name-photo = foto
discord-name-model = modell
discord-name-strength = stärke
discord-name-fidelity = treue
discord-name-upscale = vergrößern
discord-name-scope = umfang
discord-name-private = privat
discord-name-language = sprache
discord-name-code = code
discord-name-server = server-einstellungen
discord-name-who = wer
discord-name-per-day = fotos-am-tag
discord-name-results = ergebnisse
discord-name-where-asked = wo-gefragt
discord-about-restore = Ein Foto wiederherstellen
discord-about-quota = Was heute noch frei ist
discord-about-settings = Sehen oder ändern, wie deine Fotos wiederhergestellt werden
discord-about-cancel = Wartende Fotos abbrechen; es kostet dich nichts
discord-about-premium = Was du über die freien Fotos hinaus bekommen kannst
discord-about-unlock = Einen Code einlösen
discord-about-privacy = Was über dich wie lange behalten wird
discord-about-terms = Was du schicken darfst und was versprochen wird
discord-about-erase = Deine Fotos und Einstellungen löschen
discord-about-help = Wie es geht und was nicht geht
discord-about-photo = Das Foto
discord-about-model = Das Modell, das wiederherstellt; auto nimmt das beste
discord-about-strength = In Prozent: 100 nimmt die neuen Gesichter, weniger behält mehr vom Foto
discord-about-fidelity = In Prozent: 0 ist lebendig, 100 ist treu; nicht jedes Modell hat die Wahl
discord-about-upscale = Das Foto so viele Male größer machen
discord-about-scope = Automatisch: was das Foto braucht; oder nur die Gesichter; oder immer das ganze Foto
discord-about-private = Nur du siehst die Antwort
discord-about-language = Die Sprache, in der ich dir antworte
discord-about-code = Der Code
discord-about-server = Für Administratoren: sehen oder ändern, was für alle auf diesem Server gilt
discord-about-server-language = Die Sprache für alle, die keine gewählt haben
discord-about-server-scope = Was wiederhergestellt wird, wenn niemand etwas anderes sagt
discord-about-who = Wer hier Fotos wiederherstellen lassen darf
discord-about-per-day = Fotos am Tag für den ganzen Server; 0: ohne Grenze
discord-about-results = Der Kanal, in den wiederhergestellte Fotos kommen
discord-about-where-asked = Wiederhergestellte Fotos wieder dorthin schicken, wo jemand fragt
discord-gentler = Sanfter
discord-stronger = Stärker
discord-closer = Nicht ganz ähnlich?
discord-full-quality = Volle Qualität
discord-share = Vorher/nachher
discord-whole-photo = Ganzes Foto
discord-faces-only = Nur Gesichter
discord-undo-repair = Ohne Ausbesserung
discord-restore-whole = Ganzes Foto restaurieren
discord-another-model = Anderes Modell
discord-delete = Löschen
discord-alt-after = Das wiederhergestellte Foto
discord-alt-before = Das Foto, wie es geschickt wurde
discord-made-smaller = Das Bild wurde verkleinert, damit es in die { $limit_mb } MB passt, die hier erlaubt sind.
discord-full-quality-here = Das wiederhergestellte Foto in voller Qualität.
discord-too-large-here = Die volle Datei ist größer als die { $limit_mb } MB, die hier erlaubt sind. Das ist das Beste, was hineinpasst.
discord-not-yours = Diese Knöpfe sind nur für die Person, die nach dem Foto gefragt hat.
discord-permission-missing = Mir fehlt hier eine Berechtigung: „{ $permission }“. Bitte frag die Leute, die diesen Server betreiben.
discord-permission-attach-files = Dateien anhängen
discord-permission-send-messages = Nachrichten senden
discord-automatic = automatisch
discord-scope-auto = automatisch
discord-scope-faces = nur Gesichter
discord-scope-photo = ganzes Foto
discord-scope-own = wie jeder mag
discord-who-everybody = alle
discord-who-administrators = Administratoren
discord-no-limit = ohne Grenze
discord-where-asked = wo jemand fragt
discord-results-elsewhere = Das wiederhergestellte Foto kommt in { $channel }.
discord-server-settings =
    Die Einstellungen dieses Servers, für alle, die hier fragen:
    Sprache: { $spoken }
    Umfang: { $scope }
    Wer fragen darf: { $who }
    Fotos am Tag: { $limit }
    Ergebnisse: { $channel }
discord-settings =
    Deine Einstellungen, für alle deine Fotos:
    Modell: { $model }
    Stärke: { $strength }
    Treue: { $fidelity }
    Größe: × { $upscale }
    Umfang: { $scope }
    Sprache: { $spoken }
discord-help-more = Du kannst mir ein Foto auch als Direktnachricht schicken, mich mit einem Foto erwähnen oder im Menü einer Nachricht „Apps“ wählen.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] so viele Fotos, wie du willst
        [one] { $photos } Foto am Tag
       *[other] { $photos } Fotos am Tag
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } Foto
       *[other] { $plan }: { $count } Fotos
    }
discord-offers-note = Discord zeigt unten die Preise und nimmt die Zahlung entgegen. Was du hier kaufst, gilt für dein Konto, auf jedem Server.
discord-privacy = Deine Fotos behalte ich { $hours } Stunden lang, für die Knöpfe darunter; dann lösche ich sie. Ich merke mir die Kennung deines Kontos, wann du Fotos geschickt hast und was daraus wurde, damit die Zählung stimmt; deine Einstellungen; und was du gekauft oder eingelöst hast. Niemand sieht sich deine Fotos an, und nichts wird damit trainiert. /meine-daten-löschen löscht sofort deine Fotos, deine Einstellungen und was ich über deine Fotos weiß. Die Kennung wird gelöscht, sobald sie nicht mehr gebraucht wird: für die Zählung von heute, einen Tarif, einen noch gültigen Code oder eine Sperre. Zahlungen bleiben in der Buchhaltung, ohne die Kennung.
discord-erase-yes = Alles löschen

## Errors. None of them costs quota.

error-file-too-large = Diese Datei ist zu groß: { NUMBER($limit_mb) } MB sind die Grenze.
error-photo-too-large = Dieses Foto hat { NUMBER($megapixels) } Megapixel; { NUMBER($limit_megapixels) } sind die Grenze. Schick bitte eine kleinere Fassung.
error-photo-unreadable = Dieses Bild kann ich nicht lesen; die Datei scheint beschädigt. Schick es bitte als JPEG oder PNG.
error-photo-truncated = Diese Datei hört zu früh auf; sie wurde wohl nicht zu Ende kopiert. Schick sie bitte noch einmal.
error-photo-animated = Das ist eine Animation oder ein Video. Schick bitte ein stehendes Bild.
error-not-a-photo = Das ist kein Foto. Schick bitte ein Bild, zum Beispiel ein JPEG oder PNG.
error-kind-unsupported = Das ist eine Datei der Art { $kind }, die ich nicht lesen kann. Speichere sie bitte als JPEG oder PNG und schick mir das.
error-archive-sent = Das ist eine gepackte Datei ({ $kind }). Entpacke sie bitte und schick mir die Fotos daraus.
error-pdf-without-scan = Dieses PDF enthält Text und kein gescanntes Foto. Schick mir bitte das Foto selbst, als JPEG oder PNG.
error-pdf-locked = Dieses PDF ist mit einem Passwort geschützt. Schick mir bitte das Foto selbst, als JPEG oder PNG.
error-preview-missing = Das ist eine Rohdatei einer Kamera ohne ein Bild, das ich lesen kann. Speichere sie bitte als JPEG und schick mir das.
error-page-missing = Diese Datei hat keine Seite { $page }; sie hat { $pages }.
error-no-face-found = In diesem Foto habe ich kein Gesicht gefunden. Es hat dich nichts gekostet. Am besten finde ich Gesichter, bei denen beide Augen zu sehen sind; ein Scan mit weniger Spiegelung oder Staub hilft oft.
error-nothing-to-restore = In diesem Foto habe ich kein Gesicht gefunden und auch sonst nichts, was ich ausbessern sollte. Es hat dich nichts gekostet.
error-face-number-unknown = Ein Gesicht Nummer { $number } gibt es in diesem Foto nicht; gefunden habe ich { $count }. Es hat dich nichts gekostet.
error-faces-too-small =
    { $count ->
        [one] Das Gesicht in diesem Foto ist zu klein (unter { $limit_px } Pixel).
       *[other] Die Gesichter in diesem Foto sind zu klein (unter { $limit_px } Pixel).
    } Es hat dich nichts gekostet. Ein größerer Scan hilft oft.
error-quota-used-up =
    { $limit ->
        [0] Freie Fotos sind hier abgeschaltet.
        [one] Dein freies Foto von heute ist verbraucht. Das nächste gibt es in { $renews_in }.
       *[other] Deine { $limit } freien Fotos von heute sind verbraucht. Die nächsten gibt es in { $renews_in }.
    }
error-queue-full =
    Gerade warten so viele Fotos, dass ich keines mehr annehmen kann. Versuch es bitte in etwa { $minutes ->
        [one] einer Minute
       *[other] { $minutes } Minuten
    } noch einmal. Es hat dich nichts gekostet.
error-fair-use-reached = Du hast heute { $limit } Fotos restauriert, mehr hat dein Tarif für einen Tag nicht. Die nächsten gibt es in { $renews_in }.
error-size-not-in-plan = Fotos { $upscale }-fach zu vergrößern gehört nicht zu deinem Tarif. /premium sagt, was dazugehört.
error-print-size-unusable = Einen Abzug in dieser Größe kann ich nicht vorbereiten. Bitte schreib eine Größe wie 13x18cm oder 5x7in, die Seiten zwischen 3 und 150 cm. Es hat dich nichts gekostet.
error-model-not-in-plan = Das Modell „{ $model }“ gehört nicht zu deinem Tarif. /premium sagt, was dazugehört.
error-too-many-at-once =
    { $limit ->
        [one] Ich arbeite noch an deinem letzten Foto. Warte bitte, bis es fertig ist. Dieses hat dich nichts gekostet.
       *[other] Ich arbeite noch an { $limit } Fotos von dir. Warte bitte, bis eines fertig ist. Dieses hat dich nichts gekostet.
    }
error-code-unknown = Diesen Code kenne ich nicht. Sieh ihn dir bitte noch einmal an.
error-code-mistyped = Dieser Code ist vertippt: Mindestens ein Zeichen stimmt nicht. Sieh ihn dir bitte noch einmal an.
error-code-expired = Dieser Code ist abgelaufen.
error-code-used-up = Dieser Code wurde schon so oft eingelöst, wie es geht.
error-code-redeemed = Diesen Code hast du schon eingelöst.
error-code-revoked = Dieser Code gilt nicht mehr.
error-code-elsewhere = Dieser Code gibt Rabatt auf etwas, das auf Telegram verkauft wird. Löse ihn dort ein: Er gilt noch.
error-too-many-failures = In letzter Zeit sind zu viele Fotos fehlgeschlagen. Versuch es bitte in { $wait_in } noch einmal. Dieses hat dich nichts gekostet.
error-network-quota-used-up = Die kostenlosen Fotos deines Netzwerks ({ NUMBER($limit) } am Tag) sind für heute verbraucht. Die nächsten gibt es in { $renews_in }.
error-group-quota-used-up = Die { NUMBER($limit) } Fotos, die es heute hier für alle gibt, sind verbraucht. Die nächsten gibt es in { $renews_in }. Du kannst mir das Foto auch in einem privaten Chat schicken.
error-only-administrators = Hier dürfen nur Administratoren Fotos wiederherstellen lassen. Du kannst mir das Foto in einem privaten Chat schicken.
error-too-many-guesses = Zu viele falsche Codes. Versuch es in { $wait_in } noch einmal.
error-offer-gone = Dieses Angebot hat sich geändert. Es wurde nichts bezahlt. Sieh dir bitte /premium noch einmal an.
error-banned = Du kannst diesen Bot nicht benutzen.
error-photo-expired = Dieses Foto habe ich nicht mehr. Schick es bitte noch einmal.
error-nothing-to-cancel = Du hast keine wartenden Fotos.
error-too-many-adjustments =
    { $limit ->
        [one] Ein Foto kannst du einmal anpassen, bis { $minutes } Minuten nachdem du es bekommen hast.
       *[other] Ein Foto kannst du { $limit }-mal anpassen, bis { $minutes } Minuten nachdem du es bekommen hast.
    }
error-model-unknown = Ein Modell „{ $model }“ gibt es nicht. Es gibt: { $known }.
error-model-not-installed = Das Modell „{ $model }“ ist hier nicht installiert.
error-model-not-allowed = Das Modell „{ $model }“ darf hier nicht benutzt werden.
error-model-broken = Das Modell „{ $model }“ geht gerade nicht. Es hat dich nichts gekostet.
error-fidelity-unsupported = Das Modell „{ $model }“ kennt keine Treue.
error-cancelled = Abgebrochen. Es hat dich nichts gekostet.
error-photos-forbidden = In diesem Chat darf ich weder Fotos noch Dateien senden. Ein Administrator kann das in den Rechten des Chats erlauben. Es hat dich nichts gekostet.
error-writing-forbidden = In dem Chat, in dem du mich um ein Foto gebeten hast, darf ich nicht schreiben. Ein Administrator kann das erlauben. Es hat dich nichts gekostet; du kannst mir das Foto auch hier schicken.
error-internal-error = Entschuldige, bei uns ist etwas schiefgegangen. Es hat dich nichts gekostet. Versuch es bitte noch einmal.

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Gib alten Fotos ihre Gesichter zurück
playground-lead = Schick ein altes, unscharfes oder beschädigtes Foto. Die Gesichter werden wiederhergestellt, dazu Kratzer, Körnung und Verblasstes, wo es das gibt; sonst ändert sich nichts.
playground-drop = Foto hierher ziehen, einfügen oder auswählen
playground-drop-hint = Bis zu { NUMBER($limit_mb) } MB. Fotos bleiben auf diesem Server und werden nach { $hours } Stunden gelöscht.
playground-drop-here = Loslassen, um das Foto zu schicken
playground-sample = Mit dem Beispielfoto probieren
playground-add-photo = Foto hinzufügen
playground-message = Nachricht
playground-message-hint = Fragen? Schreib /help
playground-send = Senden
playground-chat = Chat
playground-needs-script = Diese Seite braucht JavaScript.
playground-privacy = Deine Fotos behalte ich { $hours } Stunden lang, für deine Knöpfe; dann lösche ich sie. Ich merke mir eine zufällige Kennung aus einem Cookie dieses Browsers, wann du Fotos geschickt hast und was daraus wurde, damit die Zählung stimmt; was du in /settings gewählt hast; und was du gekauft oder eingelöst hast. Niemand sieht sich deine Fotos an, und nichts wird damit trainiert. /deletemydata löscht sofort deine Fotos, deine Einstellungen und was ich über deine Fotos weiß. Die Kennung wird gelöscht, sobald sie nicht mehr gebraucht wird: für die Zählung von heute, einen Tarif, einen noch gültigen Code oder eine Sperre. Zahlungen bleiben in der Buchhaltung, ohne die Kennung.
playground-privacy-link = Datenschutz
playground-terms-link = Bedingungen
playground-legal-english = Dieser Text ist auf Englisch.
playground-you = Du
playground-bot = Magic Memory
playground-your-photo = Dein Foto
playground-sending = Dein Foto wird geschickt…
playground-progress = Fortschritt
playground-cancel = Abbrechen
playground-before = Vorher
playground-after = Nachher
playground-before-alt = Das Foto, wie du es geschickt hast
playground-after-alt = Das wiederhergestellte Foto
playground-compare = Trennlinie zwischen vorher und nachher
playground-download = Herunterladen
playground-show-faces = Gesichter zeigen
playground-show-damage = Schäden zeigen
playground-damage-alt = Was ich für Schäden hielt
playground-faces = Gesichter
playground-face-restored = Gesicht { $number }: { $width } × { $height } Pixel, wiederhergestellt
playground-face-less-alike = Gesicht { $number }: { $width } × { $height } Pixel, wiederhergestellt, aber sieh genau hin: Es ähnelt dem Original vielleicht weniger
playground-face-too-small = Gesicht { $number }: { $width } × { $height } Pixel, zu klein zum Wiederherstellen
playground-face-left-alone = Gesicht { $number }: { $width } × { $height } Pixel, gelassen, wie es war
playground-gentler = Sanfter
playground-stronger = Stärker
playground-scope-photo = Ganzes Foto
playground-scope-faces = Nur Gesichter
playground-undo-repair = Ohne Ausbesserung
playground-restore-whole = Ganzes Foto restaurieren
playground-closer = Nicht ganz ähnlich?
playground-asked-chosen = Dasselbe Foto, mit den gewählten Gesichtern
playground-hold = Halten zeigt das Original
playground-large-view = Große Ansicht
playground-close = Schließen
playground-zoom-in = Vergrößern
playground-zoom-out = Verkleinern
playground-copy = Kopieren
playground-copied = Kopiert. Du kannst es jetzt einfügen.
playground-not-copied = Dieser Browser lässt mich nicht kopieren. Lade das Foto stattdessen herunter.
playground-share = Teilen…
playground-share-both = Vorher und nachher, zum Teilen
playground-share-clip = Clip
playground-share-card = Bild
playground-download-all = Alles in einer Datei herunterladen
playground-download-cards = Gesichtskarten herunterladen
playground-saved = Gespeichert.
playground-erase = Alles löschen
playground-asked-faces = Dasselbe Foto, nur die Gesichter, zu { $percent } % wiederhergestellt
playground-asked-photo = Das ganze Foto ausgebessert und gereinigt, die Gesichter zu { $percent } % wiederhergestellt
playground-asked-auto = Dasselbe Foto, zu { $percent } % wiederhergestellt
playground-asked-undo-repair = Dasselbe Foto ohne Ausbesserung, die Gesichter zu { $percent } % wiederhergestellt
playground-asked-print = Dasselbe Foto für einen Abzug von { $size }
playground-file-name = { $name } wiederhergestellt
playground-file-name-plain = Wiederhergestelltes Foto
playground-file-name-face = { $name }, Gesicht { $number } (Reihe { $row }, Nummer { $place })
playground-offline = Die Verbindung ist weg. Ich versuche es weiter…
playground-online = Wieder verbunden.
playground-not-sent = Das wurde nicht gesendet: Es gibt keine Verbindung.
playground-try-again = Noch einmal
playground-expired = Dieses Foto habe ich nicht mehr.
playground-error-bad-request = Diese Anfrage kann ich nicht lesen.
playground-error-bad-options = Diese Einstellungen gehen nicht.
playground-error-host = Der Playground antwortet unter dieser Adresse nicht. Wer ihn betreibt, kann sie mit MAGIC_PLAYGROUND_ORIGINS erlauben.
playground-error-origin = Der Playground antwortet anderen Seiten nicht. Wer ihn betreibt, kann eine mit MAGIC_PLAYGROUND_ORIGINS erlauben.
playground-error-not-found = Hier ist nichts.
playground-error-login = Bitte melde dich zuerst an.
playground-error-too-fast = Das war zu schnell. Warte bitte einen Moment.
