### Tutto ciò che una persona può leggere, in italiano. Le chiavi sono le stesse in tutte le lingue.
### No native speaker has read this file yet. Corrections are welcome.

## The language

language-name = Italiano

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } secondo
       *[other] { $count } secondi
    }
duration-minutes =
    { $count ->
        [one] { $count } minuto
       *[other] { $count } minuti
    }
duration-hours =
    { $count ->
        [one] { $count } ora
       *[other] { $count } ore
    }
duration-days =
    { $count ->
        [one] { $count } giorno
       *[other] { $count } giorni
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Ricevuta. La tua foto è la prossima.
        [one] Ricevuta. C’è { $ahead } foto prima della tua.
       *[other] Ricevuta. Ci sono { $ahead } foto prima della tua.
    }
progress-decode = Apro la tua foto…
progress-detect = Cerco i volti…
progress-repair = Riparo la foto…
progress-clean = Pulisco tutta la foto…
progress-restore =
    { $faces ->
        [one] Ho trovato un volto. Lo restauro…
       *[other] Ho trovato { $faces } volti. Restaurati finora: { $done }…
    }
progress-blend = Lo inserisco nella foto…
progress-encode = Quasi fatto…

## The reply

reply-restored =
    { $count ->
        [one] Un volto restaurato.
       *[other] { $count } volti restaurati.
    }
reply-too-small =
    { $count ->
        [one] Un volto era troppo piccolo per essere restaurato.
       *[other] { $count } volti erano troppo piccoli per essere restaurati.
    }
reply-too-many =
    { $count ->
        [one] I volti sono molti: ho restaurato i più grandi, { $count } è rimasto com’era.
       *[other] I volti sono molti: ho restaurato i più grandi, { $count } sono rimasti com’erano.
    }
reply-cleaned = tutta la foto pulita
reply-cleaned-grain = grana tolta
reply-cleaned-halftone = retino di stampa tolto
reply-cleaned-jpeg = tracce di compressione tolte
reply-repaired = graffi e polvere riparati
reply-repaired-scratches = graffi riparati
reply-repaired-dust = polvere tolta
reply-toned = contrasto recuperato
reply-no-face = Non vi ho trovato nessun volto.
reply-remembered = Me ne ricorderò per le tue prossime foto; puoi cambiarlo con /settings.
share-ready = Prima e dopo, da condividere.
faces-button = Scegli i volti
print-button = Qualità di stampa
print-choose = Che formato deve avere la stampa?
print-sharp = In { $size } la stampa ha { $dpi } punti per pollice. La foto si stampa nitida fino a { $sharp }.
print-soft = In { $size } la stampa ha { $dpi } punti per pollice e appare sfocata. La foto si stampa nitida fino a { $sharp }.
faces-choose = Premi il numero di un volto per cambiare cosa gli succede: ✓ restaurare, ½ con delicatezza, – lasciarlo com’è. Poi premi «Restaura».
faces-restore = Restaura
faces-cards = Schede dei volti
faces-none = Scegli almeno un volto.
face-card = Volto { $number }: fila { $row }, numero { $place } da sinistra.
reminder-button = Avvisami quando torna
reminder-set = Ti avviserò di mattina, quando la tua foto gratuita sarà tornata.
reminder = La tua foto gratuita è tornata. Mandami la prossima quando vuoi.
reply-incomplete =
    { $count ->
        [one] Un volto è tagliato nel file ed è rimasto com’è.
       *[other] { $count } volti sono tagliati nel file e sono rimasti come sono.
    }
reply-held =
    { $count ->
        [one] Un volto è rimasto più vicino all’originale, perché somigli ancora alla persona.
       *[other] { $count } volti sono rimasti più vicini all’originale, perché somiglino ancora alle persone.
    }
note-tone-mapped = Aveva un’ampia gamma dinamica; l’ho adattata a uno schermo normale.
note-gain-map = La luminosità in più per gli schermi HDR è stata tralasciata.
note-preview = È un file raw di una fotocamera: ho restaurato l’immagine che la fotocamera ci ha messo.
note-incomplete = Il file finisce troppo presto: manca il { $count } per cento della foto. Rimandala se ce l’hai intera.
note-coarse = Il file finisce troppo presto, perciò alla foto mancano i dettagli fini. Rimandala se ce l’hai intera.
note-other-pages =
    { $count ->
        [one] Il file ha un’altra pagina o immagine, che ho lasciato com’è. Mandala da sola.
       *[other] Il file ha altre { $count } pagine o immagini, che ho lasciato come sono. Mandale una alla volta.
    }
offer-upright =
    { $rotation ->
        [180] Questa foto è capovolta. La giro?
       *[other] Questa foto è coricata su un lato. La giro?
    }
quota-left =
    { $left ->
        [0] Per oggi niente più foto. Ne avrai di nuovo { $limit } tra { $renews_in }.
       *[other] Oggi te ne restano { $left } su { $limit }. Si rinnova tra { $renews_in }.
    }

## Plans

quota-none = Qui le foto gratuite sono disattivate.
plan-has = Hai { $plan } ancora per { $time }.
plan-has-endless = Hai { $plan }.
plan-photos-left =
    { $count ->
        [one] Ti resta { $count } foto acquistata.
       *[other] Ti restano { $count } foto acquistate.
    }
offers-free =
    { $free ->
        [one] Una foto al giorno è gratuita per tutti.
       *[other] { $free } foto al giorno sono gratuite per tutti.
    }
offers-intro = Con un piano puoi restaurare più foto, e le tue passano avanti:
offers-none = Qui non si vende nulla.
offers-code = Hai un codice? Manda /unlock e il codice.
more-with-premium = Non devi aspettare: /premium mostra come avere più foto.
offer-subscription = { $plan }: { $price } stelle ogni { $count } giorni, finché non disdici
offer-days =
    { $count ->
        [one] { $plan }: { $count } giorno per { $price } stelle
       *[other] { $plan }: { $count } giorni per { $price } stelle
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } foto per { $price } stelle
       *[other] { $plan }: { $count } foto per { $price } stelle
    }
offer-instead = (invece di { $full })
unlock-howto = Scrivi il codice dopo il comando: /unlock CODICE
code-discount = Il codice è valido: il tuo prossimo acquisto costa il { $percent } % in meno. /premium mostra i prezzi.
code-unlocked-photos =
    { $count ->
        [one] Il codice è valido: hai { $count } foto in più ({ $plan }).
       *[other] Il codice è valido: hai { $count } foto in più ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] Il codice è valido: hai { $plan } per { $count } giorno in più.
       *[other] Il codice è valido: hai { $plan } per { $count } giorni in più.
    }

## Commands

help =
    Mandami una foto e io la restauro: ogni volto, e graffi, polvere, grana e contrasto sbiadito dove ci sono. Una foto intatta cambia solo nei volti.
    Vanno bene foto vecchie, sfocate, graffiate e sbiadite. I ritratti riescono meglio; in una foto di gruppo ogni volto è restaurato da solo.
    I volti molto piccoli restano come sono. Un volto restaurato è una buona ipotesi, non un documento: i dettagli fini possono essere diversi.
    Le foto vengono cancellate dopo { $hours } ore.
help-commands =
    /restore – restaura una foto
    /quota – quello che ti resta oggi
    /premium – più foto
    /unlock – usa un codice
    /settings – lingua, intensità, dimensione
    /cancel – annulla le foto in attesa
    /privacy – che cosa viene conservato, e per quanto
    /deletemydata – cancella le tue foto e impostazioni
    /help – questo testo
restore-howto = Manda una foto e io la restauro.
unknown-command = Non conosco { $command }. Prova /help.
cancelled = Annullato. Non ti è costato nulla.
forget-sure = Cancellare ora le tue foto e le tue impostazioni? Le foto in attesa vengono annullate. Le foto che hai mandato oggi contano ancora.
forget-done = Fatto. Le tue foto e le tue impostazioni sono cancellate.
legal-privacy-whole = L’informativa sulla privacy completa: { $url }
legal-terms = Manda solo foto che puoi usare. Un volto restaurato è in parte un’ipotesi di una rete neurale e può differire dalla persona. Una foto che non riesce non costa nulla; altro non viene promesso.
legal-terms-whole = Le condizioni complete: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Ridai un volto alle vecchie foto
playground-lead = Manda una foto vecchia, sfocata o rovinata. Vengono restaurati i volti, e graffi, grana e sbiadimento dove ce ne sono; nient’altro cambia.
playground-drop = Trascina, incolla o scegli una foto
playground-drop-hint = Fino a { NUMBER($limit_mb) } MB. Le foto restano su questo server e vengono cancellate dopo { $hours } ore.
playground-drop-here = Lascia per inviare la foto
playground-sample = Prova la foto d’esempio
playground-add-photo = Aggiungi una foto
playground-message = Messaggio
playground-message-hint = Domande? Scrivi /help
playground-send = Invia
playground-chat = Chat
playground-needs-script = Questa pagina richiede JavaScript.
playground-privacy = Conservo le tue foto per { $hours } ore, per i tuoi pulsanti, e poi le cancello. Conservo un numero casuale (in un cookie di questo browser), quando hai mandato foto e che cosa ne è stato, per contare la tua quota; ciò che hai scelto in /settings; e ciò che hai comprato o riscattato. Nessuno guarda le tue foto, e niente viene addestrato con esse. /deletemydata cancella subito le tue foto, le tue impostazioni e ciò che so delle tue foto. Il numero viene cancellato appena non serve più: il conteggio di oggi, un piano, un codice ancora valido o un blocco. I pagamenti restano per la contabilità, senza il numero.
playground-privacy-link = Privacy
playground-terms-link = Condizioni
playground-legal-english = Questo testo è in inglese.
playground-you = Tu
playground-bot = Magic Memory
playground-your-photo = La tua foto
playground-sending = Invio la tua foto…
playground-progress = Avanzamento
playground-cancel = Annulla
playground-before = Prima
playground-after = Dopo
playground-before-alt = La foto come l’hai mandata
playground-after-alt = La foto restaurata
playground-compare = Linea fra prima e dopo
playground-download = Scarica
playground-show-faces = Mostra i volti
playground-show-damage = Mostra i danni
playground-damage-alt = Ciò che ho preso per un danno
playground-faces = Volti
playground-face-restored = Volto { $number }: { $width } × { $height } pixel, restaurato
playground-face-less-alike = Volto { $number }: { $width } × { $height } pixel, restaurato, ma guarda bene: potrebbe somigliare meno all’originale
playground-face-too-small = Volto { $number }: { $width } × { $height } pixel, troppo piccolo da restaurare
playground-face-left-alone = Volto { $number }: { $width } × { $height } pixel, lasciato com’era
playground-gentler = Più delicato
playground-stronger = Più intenso
playground-scope-photo = Tutta la foto
playground-scope-faces = Solo i volti
playground-undo-repair = Senza riparazione
playground-restore-whole = Restaura tutta la foto
playground-closer = Non somiglia del tutto?
playground-asked-chosen = La stessa foto, con i volti che ho scelto
playground-hold = Tieni premuto per vedere l’originale
playground-large-view = Vista grande
playground-close = Chiudi
playground-zoom-in = Ingrandisci
playground-zoom-out = Riduci
playground-copy = Copia
playground-copied = Copiata. Ora puoi incollarla.
playground-not-copied = Questo browser non mi lascia copiarla. Scaricala.
playground-share = Condividi…
playground-share-both = Prima e dopo, da condividere
playground-share-clip = Clip
playground-share-card = Immagine
playground-download-all = Scarica tutto in un file
playground-download-cards = Scarica le schede dei volti
playground-saved = Salvato.
playground-erase = Cancella tutto
playground-asked-faces = La stessa foto, solo i volti, restaurati al { $percent } %
playground-asked-photo = Tutta la foto riparata e pulita, con i volti restaurati al { $percent } %
playground-asked-auto = La stessa foto, restaurata al { $percent } %
playground-asked-undo-repair = La stessa foto senza riparazione, con i volti restaurati al { $percent } %
playground-asked-print = La stessa foto per una stampa { $size }
playground-file-name = { $name } restaurata
playground-file-name-plain = Foto restaurata
playground-file-name-face = { $name }, volto { $number } (fila { $row }, numero { $place })
playground-offline = La connessione è caduta. Continuo a provare…
playground-online = Di nuovo in linea.
playground-not-sent = Non è stato inviato: non c’è connessione.
playground-try-again = Riprova
playground-expired = Non ho più questa foto.
playground-error-bad-request = Non riesco a leggere questa richiesta.
playground-error-bad-options = Queste opzioni non si possono usare.
playground-error-host = La pagina non risponde a questo indirizzo. Chi la gestisce può permetterlo con MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = La pagina non risponde ad altri siti. Chi la gestisce può permetterne uno con MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Qui non c’è niente.
playground-error-login = Prima accedi, per favore.
playground-error-too-fast = Troppo in fretta. Aspetta un momento.

## Telegram

telegram-about = Circa { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Ho ricevuto le tue { $count } foto. Sono le prossime.
        [one] Ho ricevuto le tue { $count } foto. C’è { $ahead } foto prima.
       *[other] Ho ricevuto le tue { $count } foto. Ci sono { $ahead } foto prima.
    }
telegram-album-progress = Restauro: { $done } foto su { $count } fatte…
telegram-album-refused =
    { $count ->
        [one] Una foto di questo album non è stata restaurata.
       *[other] { $count } foto di questo album non sono state restaurate.
    }
telegram-album-line = Foto { $number }: { $text }
telegram-album-pick = Scegli una foto per fare altro:
telegram-adjusted = Questa modifica era gratuita.
telegram-ready = La tua foto è pronta.
telegram-coming = Arriva subito…
telegram-on-it = Ci sto lavorando…
telegram-done-already = Questa l’ho già fatta.
telegram-not-yours = Solo chi ha chiesto può usare questi pulsanti.
telegram-full-quality = Qualità piena, come file.
telegram-deleted = Cancellata.
telegram-too-old-to-delete = Da parte mia la foto è cancellata. Telegram mi lascia togliere i miei messaggi solo per due giorni: togli tu questo, per favore.
telegram-file-name = restaurata
telegram-start =
    Ridò il volto alle foto vecchie e rovinate. Mandami una foto e ti rispondo con quella restaurata.
    { $free ->
        [0] /help spiega di più.
        [one] Una foto al giorno è gratuita. /help spiega di più.
       *[other] { $free } foto al giorno sono gratuite. /help spiega di più.
    }
telegram-howto = Mandami una foto, oppure rispondi a una foto con /restore.
telegram-howto-group = Rispondi a una foto con /restore, oppure scrivi /restore sotto una foto che mandi.
telegram-guest = Come ospite in questa chat non posso mandare foto. Aggiungimi a questa chat, oppure mandami la foto nella nostra chat privata.
telegram-text = Mandami una foto e io la restauro. /help spiega di più.
telegram-not-for-us = So restaurare solo foto. Mandamene una, come foto o come file.
telegram-help =
    Come funziona? Una rete neurale ridisegna ogni volto da ciò che ne resta, e io lo inserisco nella tua foto.
    Cambia l’aspetto di qualcuno? Un po’: più la foto è rovinata, più il volto è un’ipotesi. «Più delicato» conserva di più dell’originale.
    Foto di gruppo? Sì, ogni volto abbastanza grande.
    Volti molto piccoli? Li lascio stare; una scansione più grande aiuta.
    Cosa non so fare? Grandi strappi e parti mancanti restano, e il bianco e nero resta bianco e nero. «Senza riparazione» e «Solo i volti» annullano ciò che ho fatto oltre ai volti.
    Qualità migliore: manda la foto come file. In un gruppo: rispondi a una foto con /restore.
telegram-privacy = Conservo le tue foto per { $hours } ore, per i tuoi pulsanti, e poi le cancello. Conservo il numero del tuo account, quando hai mandato foto e che cosa ne è stato, per contare la tua quota; ciò che hai scelto in /settings; e ciò che hai comprato o riscattato. Nessuno guarda le tue foto, e niente viene addestrato con esse. /deletemydata cancella subito le tue foto, le tue impostazioni e ciò che so delle tue foto. Il numero viene cancellato appena non serve più: il conteggio di oggi, un piano, un codice ancora valido o un blocco. I pagamenti restano per la contabilità, senza il numero.
telegram-delete-kept = Non è stato cancellato nulla.
telegram-premium-group = Ti mostro ciò che hai e ciò che puoi comprare nella nostra chat privata.
telegram-terms = Le condizioni di vendita: { $url }
telegram-terms-none = Con questo bot puoi comprare tempo o foto, solo per il tuo account. Nulla si rinnova se l’offerta non lo dice, e puoi disdire un rinnovo in ogni momento. /paysupport aiuta con domande e rimborsi.
telegram-receipt = Grazie! Il tuo pagamento di { $amount } stelle è arrivato. Domande: /paysupport
telegram-receipt-subscription = Si rinnova da solo. Puoi disdirlo nelle impostazioni di Telegram, sotto «Le mie stelle».
telegram-not-credited = Il tuo pagamento di { $amount } stelle è arrivato, ma non ho potuto accreditarlo. Chi gestisce questo bot può vederlo: scrivigli, vedi /paysupport. Numero del pagamento: { $charge }
telegram-refunded = Il tuo pagamento di { $amount } stelle è stato rimborsato, e ciò che avevi ottenuto è terminato.
telegram-paysupport = Per i pagamenti scrivi a { $contact }, con il numero del pagamento. L’assistenza di Telegram qui non può aiutare.
telegram-paysupport-nobody = Per i pagamenti scrivi a chi gestisce questo bot, con il numero del pagamento. L’assistenza di Telegram qui non può aiutare.
telegram-paysupport-payment = { $date }, { $amount } stelle, numero { $charge }
settings-title = Le tue impostazioni, per tutte le tue foto:
telegram-setting-language = Lingua: { $value }
telegram-setting-strength = Intensità: { $value }
telegram-setting-fidelity = Fedeltà: { $value }
telegram-setting-upscale = Dimensione: { $value }
telegram-setting-scope = Restaura: { $value }
telegram-setting-reply-as-file = Risposta: { $value }
telegram-setting-model = Modello: { $value }
setting-about-language = Che lingua devo usare?
setting-about-strength = Con quanta intensità restaurare i volti? Un’intensità minore conserva di più dell’originale.
setting-about-fidelity = I volti vividi sono più nitidi; quelli fedeli sono più vicini all’originale.
setting-about-upscale = La foto deve diventare più grande?
setting-about-scope = Che cosa devo restaurare? In automatico restauro i volti, e del resto ciò che serve alla foto: niente, se è intatta. «Tutta la foto» ripara e pulisce ogni foto.
setting-about-reply-as-file = Devo rispondere con una foto, o con un file in qualità piena?
setting-about-model = Quale modello deve restaurare le tue foto?
setting-value-auto = automatico
setting-value-strength-50 = a metà
setting-value-strength-75 = delicata
setting-value-strength-100 = piena
setting-value-fidelity-0 = vivida
setting-value-fidelity-50 = equilibrata
setting-value-fidelity-100 = fedele
setting-value-upscale-1 = com’è
setting-value-upscale-2 = doppia
setting-value-upscale-4 = quadrupla
setting-value-scope-faces = solo i volti
setting-value-scope-photo = tutta la foto
setting-value-reply-as-file-no = foto
setting-value-reply-as-file-yes = file
telegram-group-settings = Le impostazioni di questo gruppo, per i suoi amministratori. Per le tue foto, ovunque, mandami /settings nella nostra chat privata.
telegram-group-language = Lingua: { $value }
telegram-group-scope = Restaura: { $value }
telegram-group-who = Chi può chiedere: { $value }
telegram-group-photos-per-day = Foto al giorno: { $value }
telegram-group-results = Risultati: { $value }
telegram-group-about-language = In che lingua rispondere a chi non ne ha scelta una?
telegram-group-about-scope = Che cosa restaurare nelle foto di questo gruppo, se nessuno dice altro?
telegram-group-about-who = Chi può far restaurare foto qui?
telegram-group-about-photos-per-day = Quante foto al giorno può far restaurare tutto il gruppo?
telegram-group-about-results = Dove devono andare le foto restaurate?
telegram-group-value-scope-own = come vuole ognuno
telegram-group-value-who-everybody = tutti
telegram-group-value-who-administrators = amministratori
telegram-group-value-photos-per-day-0 = senza limite
telegram-group-value-results-asked = dove qualcuno chiede
telegram-group-value-results-here = questo argomento
telegram-not-administrator = Solo gli amministratori di questo gruppo possono usare questi pulsanti.
telegram-results-elsewhere = La foto restaurata arriva nell’argomento di questo gruppo per i risultati.
telegram-button-file = 📄 Qualità piena
telegram-button-compare = ↔️ Prima/dopo
telegram-button-closer = 🤔 Non somiglia del tutto?
telegram-button-gentler = ➖ Più delicato
telegram-button-stronger = ➕ Più intenso
telegram-button-vivid = ✨ Più vivido
telegram-button-faithful = 🎯 Più fedele
telegram-button-photo = 🖼️ Tutta la foto
telegram-button-faces = 🙂 Solo i volti
telegram-button-undo-repair = ↩️ Senza riparazione
telegram-button-whole = 🖼️ Restaura tutta la foto
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Indietro
telegram-button-delete = 🗑️ Cancella
telegram-button-delete-photo = 🗑️ Sì, cancella
telegram-button-private-chat = La nostra chat privata
telegram-button-offers = ⭐ Mostrami
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Abbonati per { $price }
telegram-button-delete-yes = Cancella tutto
telegram-button-delete-no = Mantieni
telegram-command-restore = Restaura una foto
telegram-command-quota = Quello che ti resta oggi
telegram-command-settings = Lingua, intensità, dimensione
telegram-command-cancel = Annulla le foto in attesa
telegram-command-premium = Più foto
telegram-command-unlock = Usa un codice
telegram-command-help = Come funziona, e cosa non sa fare
telegram-command-privacy = Che cosa viene conservato, e per quanto
telegram-command-deletemydata = Cancella le tue foto e impostazioni
telegram-command-paysupport = Aiuto con un pagamento
telegram-command-terms = Condizioni di vendita

## Errors. None of them costs quota.

error-file-too-large = Questo file è troppo grande: il limite è { NUMBER($limit_mb) } MB.
error-photo-too-large = Questa foto ha { NUMBER($megapixels) } megapixel; il limite è { NUMBER($limit_megapixels) }. Mandane una copia più piccola.
error-photo-unreadable = Non riesco a leggere questa immagine; il file sembra rovinato. Mandala come JPEG o PNG.
error-photo-truncated = Questo file finisce troppo presto; sembra che non sia stato copiato fino in fondo. Mandalo di nuovo.
error-photo-animated = È un’animazione o un video. Manda una foto ferma.
error-not-a-photo = Questa non è una foto. Manda un’immagine, per esempio JPEG o PNG.
error-kind-unsupported = È un file { $kind }, che non so leggere. Salvalo come JPEG o PNG e mandami quello.
error-archive-sent = È un archivio ({ $kind }). Aprilo e mandami le foto che contiene.
error-pdf-without-scan = Questo PDF contiene testo, non la scansione di una foto. Manda la foto stessa, come JPEG o PNG.
error-pdf-locked = Questo PDF è protetto da una password. Manda la foto stessa, come JPEG o PNG.
error-preview-missing = È un file raw di una fotocamera senza un’immagine che io sappia leggere. Salvalo come JPEG e mandami quello.
error-page-missing = Questo file non ha la pagina { $page }; ne ha { $pages }.
error-no-face-found = Non ho trovato nessun volto in questa foto. Non ti è costato nulla. I volti si trovano meglio quando si vedono entrambi gli occhi; spesso aiuta una scansione con meno riflessi o polvere.
error-nothing-to-restore = Non ho trovato nessun volto in questa foto. Nient’altro ha bisogno di riparazione, quindi resta com’è. Non ti è costato nulla.
error-face-number-unknown = In questa foto non c’è il volto numero { $number }; ne ho trovati { $count }. Non ti è costato nulla.
error-faces-too-small =
    { $count ->
        [one] Il volto in questa foto è troppo piccolo per essere restaurato (meno di { $limit_px } pixel).
       *[other] I volti in questa foto sono troppo piccoli per essere restaurati (meno di { $limit_px } pixel).
    } Non ti è costato nulla. Spesso aiuta una scansione più grande.
error-quota-used-up =
    { $limit ->
        [0] Qui i restauri gratuiti sono disattivati.
        [one] Hai usato la foto gratuita di oggi. Avrai la prossima tra { $renews_in }.
       *[other] Hai usato le { $limit } foto gratuite di oggi. Avrai le prossime tra { $renews_in }.
    }
error-queue-full =
    Ci sono così tante foto in attesa che ora non posso prenderne un’altra. Riprova tra circa { $minutes ->
        [one] { $minutes } minuto
       *[other] { $minutes } minuti
    }. Non ti è costato nulla.
error-fair-use-reached = Oggi hai restaurato { $limit } foto, quante ne prevede il tuo piano per un giorno. Avrai le prossime tra { $renews_in }.
error-size-not-in-plan = Ingrandire le foto { $upscale } volte non fa parte del tuo piano. /premium mostra i piani.
error-print-size-unusable = Non posso preparare una stampa di questo formato. Scrivi un formato come 13x18cm o 5x7in, con lati da 3 a 150 cm. Non ti è costato nulla.
error-model-not-in-plan = Il modello «{ $model }» non fa parte del tuo piano. /premium mostra i piani.
error-too-many-at-once =
    { $limit ->
        [one] Sto ancora lavorando alla tua ultima foto. Aspetta che sia pronta. Questa non ti è costata nulla.
       *[other] Sto ancora lavorando a { $limit } tue foto. Aspetta che una sia pronta. Questa non ti è costata nulla.
    }
error-code-unknown = Non conosco questo codice. Controllalo.
error-code-mistyped = Questo codice è scritto male: almeno un carattere è sbagliato. Controllalo.
error-code-expired = Questo codice è scaduto.
error-code-used-up = Questo codice è stato usato tutte le volte possibili.
error-code-redeemed = Hai già usato questo codice.
error-code-revoked = Questo codice non è più valido.
error-code-elsewhere = Questo codice dà uno sconto su qualcosa che si vende su Telegram. Usalo lì: è ancora valido.
error-too-many-failures = Ultimamente troppe foto non sono riuscite. Riprova tra { $wait_in }. Questa non ti è costata nulla.
error-network-quota-used-up = Le { NUMBER($limit) } foto gratuite di oggi della tua rete sono state usate. Le prossime arrivano tra { $renews_in }.
error-group-quota-used-up = Le { NUMBER($limit) } foto di oggi per tutti qui sono state usate. Le prossime arrivano tra { $renews_in }. Puoi anche mandarmi la foto in una chat privata.
error-only-administrators = Qui solo gli amministratori possono far restaurare foto. Puoi mandarmi la foto in una chat privata.
error-too-many-guesses = Troppi codici sbagliati. Riprova tra { $wait_in }.
error-offer-gone = Questa offerta è cambiata. Non è stato pagato nulla. Guarda di nuovo /premium.
error-banned = Non puoi usare questo bot.
error-photo-expired = Non ho più questa foto. Mandala di nuovo.
error-nothing-to-cancel = Non hai foto in attesa.
error-too-many-adjustments =
    { $limit ->
        [one] Puoi modificare una foto una volta, entro { $minutes } minuti da quando la ricevi.
       *[other] Puoi modificare una foto { $limit } volte, entro { $minutes } minuti da quando la ricevi.
    }
error-model-unknown = Non esiste un modello chiamato «{ $model }». I modelli sono: { $known }.
error-model-not-installed = Il modello «{ $model }» qui non è installato.
error-model-not-allowed = Il modello «{ $model }» qui non può essere usato.
error-model-broken = Il modello «{ $model }» al momento non può essere usato. Non ti è costato nulla.
error-fidelity-unsupported = Il modello «{ $model }» non ha un cursore della fedeltà.
error-cancelled = Annullato. Non ti è costato nulla.
error-photos-forbidden = In questa chat non posso mandare né foto né file. Un amministratore può permetterlo nei permessi della chat. Non ti è costato nulla.
error-writing-forbidden = Non posso scrivere nella chat in cui mi hai chiesto di restaurare la foto. Un amministratore può permetterlo. Non ti è costato nulla; puoi anche mandarmi la foto qui.
error-internal-error = Scusa, qualcosa è andato storto da parte nostra. Non ti è costato nulla. Riprova.

## Discord

discord-menu-restore = Restaura i volti
discord-name-restore = restaura
discord-name-quota = quota
discord-name-settings = impostazioni
discord-name-cancel = annulla
discord-name-premium = premium
discord-name-unlock = sblocca
discord-name-privacy = privacy
discord-name-terms = condizioni
discord-name-erase = cancella-i-miei-dati
discord-name-help = aiuto
discord-name-photo = foto
discord-name-model = modello
discord-name-strength = intensità
discord-name-fidelity = fedeltà
discord-name-upscale = ingrandimento
discord-name-scope = ambito
discord-name-private = privato
discord-name-language = lingua
discord-name-code = codice
discord-name-server = impostazioni-del-server
discord-name-who = chi
discord-name-per-day = foto-al-giorno
discord-name-results = risultati
discord-name-where-asked = dove-si-chiede
discord-about-restore = Restaura una foto
discord-about-quota = Quello che ti resta oggi
discord-about-settings = Vedi o cambia come vengono restaurate le tue foto
discord-about-cancel = Annulla le foto in attesa
discord-about-premium = Più foto
discord-about-unlock = Usa un codice
discord-about-privacy = Che cosa viene conservato, e per quanto
discord-about-terms = Che cosa puoi inviare e che cosa è promesso
discord-about-erase = Cancella le tue foto e impostazioni
discord-about-help = Come funziona, e cosa non sa fare
discord-about-photo = La foto
discord-about-model = Il modello che restaura; auto prende il migliore
discord-about-strength = In percento: 100 mostra i volti restaurati, meno conserva di più l’originale
discord-about-fidelity = In percento: 0 è vivido, 100 è fedele; non tutti i modelli lo offrono
discord-about-upscale = Ingrandisci la foto di tante volte
discord-about-scope = Automatico: ciò che serve alla foto; o solo i volti; o comunque tutta la foto
discord-about-private = Solo tu vedi la risposta
discord-about-language = La lingua in cui ti rispondo
discord-about-code = Il codice
discord-about-server = Per amministratori: vedi o cambia ciò che vale per tutti su questo server
discord-about-server-language = In che lingua rispondere a chi non ne ha scelta una?
discord-about-server-scope = Che cosa restaurare nelle foto di questo gruppo, se nessuno dice altro?
discord-about-who = Chi può far restaurare foto qui?
discord-about-per-day = Foto al giorno per tutto il server; 0: senza limite
discord-about-results = Il canale a cui vanno le foto restaurate
discord-about-where-asked = Manda di nuovo le foto restaurate dove qualcuno chiede
discord-gentler = Più delicato
discord-stronger = Più intenso
discord-closer = Non somiglia del tutto?
discord-full-quality = Qualità piena
discord-share = Prima/dopo
discord-whole-photo = Tutta la foto
discord-faces-only = Solo i volti
discord-undo-repair = Senza riparazione
discord-restore-whole = Restaura tutta la foto
discord-another-model = Altro modello
discord-delete = Cancella
discord-alt-after = La foto restaurata
discord-alt-before = La foto come è stata inviata
discord-made-smaller = L’immagine è stata rimpicciolita per stare nei { $limit_mb } MB consentiti qui.
discord-full-quality-here = La foto restaurata in qualità piena.
discord-too-large-here = Il file intero supera i { $limit_mb } MB consentiti qui. Questa è la versione migliore che ci sta.
discord-not-yours = Solo chi ha chiesto questa foto può usare i suoi pulsanti.
discord-permission-missing = Qui mi manca un permesso: «{ $permission }». Chiedi a chi gestisce questo server di darmelo.
discord-permission-attach-files = Allegare file
discord-permission-send-messages = Inviare messaggi
discord-automatic = automatico
discord-scope-auto = automatico
discord-scope-faces = solo i volti
discord-scope-photo = tutta la foto
discord-scope-own = come vuole ognuno
discord-who-everybody = tutti
discord-who-administrators = amministratori
discord-no-limit = senza limite
discord-where-asked = dove qualcuno chiede
discord-results-elsewhere = La foto restaurata arriva in { $channel }.
discord-server-settings =
    Le impostazioni di questo server, per tutti quelli che chiedono qui:
    Lingua: { $spoken }
    Restaura: { $scope }
    Chi può chiedere: { $who }
    Foto al giorno: { $limit }
    Risultati: { $channel }
discord-settings =
    Le tue impostazioni, per tutte le tue foto:
    Modello: { $model }
    Intensità: { $strength }
    Fedeltà: { $fidelity }
    Dimensione: × { $upscale }
    Restaura: { $scope }
    Lingua: { $spoken }
discord-help-more = Puoi anche mandarmi una foto in un messaggio privato, menzionarmi con una foto, o scegliere «App» nel menu di un messaggio.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] tutte le foto che vuoi
        [one] { $photos } foto al giorno
       *[other] { $photos } foto al giorno
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } foto
       *[other] { $plan }: { $count } foto
    }
discord-offers-note = Discord mostra sotto i prezzi e incassa il pagamento. Ciò che vende qui vale per il tuo account, su ogni server.
discord-privacy = Conservo le tue foto per { $hours } ore, per i tuoi pulsanti, e poi le cancello. Conservo il numero del tuo account, quando hai mandato foto e che cosa ne è stato, per contare la tua quota; ciò che hai scelto in /impostazioni; e ciò che hai comprato o riscattato. Nessuno guarda le tue foto, e niente viene addestrato con esse. /cancella-i-miei-dati cancella subito le tue foto, le tue impostazioni e ciò che so delle tue foto. Il numero viene cancellato appena non serve più: il conteggio di oggi, un piano, un codice ancora valido o un blocco. I pagamenti restano per la contabilità, senza il numero.
discord-erase-yes = Cancella tutto
