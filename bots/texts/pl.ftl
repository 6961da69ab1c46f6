### Wszystko, co człowiek może przeczytać, po polsku. Klucze są takie same we wszystkich językach.
### No native speaker has read this file yet. Corrections are welcome.

## The language

language-name = Polski

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } sekundę
        [few] { $count } sekundy
        [many] { $count } sekund
       *[other] { $count } sekundy
    }
duration-minutes =
    { $count ->
        [one] { $count } minutę
        [few] { $count } minuty
        [many] { $count } minut
       *[other] { $count } minuty
    }
duration-hours =
    { $count ->
        [one] { $count } godzinę
        [few] { $count } godziny
        [many] { $count } godzin
       *[other] { $count } godziny
    }
duration-days =
    { $count ->
        [one] { $count } dzień
        [few] { $count } dni
        [many] { $count } dni
       *[other] { $count } dnia
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Mam je. Twoje zdjęcie jest następne.
        [one] Mam je. Przed Twoim jest { $ahead } zdjęcie.
        [few] Mam je. Przed Twoim są { $ahead } zdjęcia.
        [many] Mam je. Przed Twoim jest { $ahead } zdjęć.
       *[other] Mam je. Przed Twoim jest { $ahead } zdjęcia.
    }
progress-decode = Otwieram Twoje zdjęcie…
progress-detect = Szukam twarzy…
progress-repair = Naprawiam zdjęcie…
progress-clean = Czyszczę całe zdjęcie…
progress-restore =
    { $faces ->
        [one] Jest jedna twarz. Odnawiam ją…
       *[other] Znalezione twarze: { $faces }. Odnowione: { $done }…
    }
progress-blend = Wklejam w zdjęcie…
progress-encode = Prawie gotowe…

## The reply

reply-restored =
    { $count ->
        [one] Odnowiono { $count } twarz.
        [few] Odnowiono { $count } twarze.
        [many] Odnowiono { $count } twarzy.
       *[other] Odnowiono { $count } twarzy.
    }
reply-too-small =
    { $count ->
        [one] { $count } twarz była za mała, by ją odnowić.
        [few] { $count } twarze były za małe, by je odnowić.
        [many] { $count } twarzy było za małych, by je odnowić.
       *[other] { $count } twarzy było za małych, by je odnowić.
    }
reply-too-many =
    { $count ->
        [one] Twarzy jest dużo: odnowiono największe, { $count } została bez zmian.
       *[other] Twarzy jest dużo: odnowiono największe, bez zmian zostało: { $count }.
    }
reply-cleaned = całe zdjęcie oczyszczone
reply-cleaned-grain = ziarno usunięte
reply-cleaned-halftone = raster druku usunięty
reply-cleaned-jpeg = ślady kompresji usunięte
reply-repaired = rysy i kurz usunięte
reply-repaired-scratches = rysy usunięte
reply-repaired-dust = kurz usunięty
reply-toned = kontrast przywrócony
reply-no-face = Twarzy na nim nie znalazłem.
reply-remembered = Zapamiętam to dla następnych zdjęć; zmienisz to w /settings.
share-ready = Przed i po, do udostępnienia.
faces-button = Wybierz twarze
print-button = Jakość do druku
print-choose = Jaki rozmiar ma mieć odbitka?
print-sharp = W rozmiarze { $size } odbitka ma { $dpi } punktów na cal. Zdjęcie drukuje się ostro do { $sharp }.
print-soft = W rozmiarze { $size } odbitka ma { $dpi } punktów na cal i wygląda nieostro. Zdjęcie drukuje się ostro do { $sharp }.
faces-choose = Naciśnij numer twarzy, aby zmienić, co się z nią stanie: ✓ odnowić, ½ łagodnie, – zostawić. Potem naciśnij „Odnów”.
faces-restore = Odnów
faces-cards = Karty twarzy
faces-none = Wybierz co najmniej jedną twarz.
face-card = Twarz { $number }: rząd { $row }, numer { $place } od lewej.
reminder-button = Powiedz mi, gdy wróci
reminder-set = Powiem Ci rano, gdy wróci Twoje darmowe zdjęcie.
reminder = Twoje darmowe zdjęcie wróciło. Wyślij mi następne, kiedy zechcesz.
reply-incomplete =
    { $count ->
        [one] { $count } twarz jest w pliku ucięta i została bez zmian.
        [few] { $count } twarze są w pliku ucięte i zostały bez zmian.
        [many] { $count } twarzy jest w pliku uciętych i zostało bez zmian.
       *[other] { $count } twarzy jest w pliku uciętych i zostało bez zmian.
    }
reply-held =
    { $count ->
        [one] { $count } twarz została bliżej oryginału, żeby zachować podobieństwo.
        [few] { $count } twarze zostały bliżej oryginału, żeby zachować podobieństwo.
        [many] { $count } twarzy zostało bliżej oryginału, żeby zachować podobieństwo.
       *[other] { $count } twarzy zostało bliżej oryginału, żeby zachować podobieństwo.
    }
note-tone-mapped = Zdjęcie miało duży zakres jasności; dopasowałem je do zwykłego ekranu.
note-gain-map = Dodatkowa jasność dla ekranów HDR została pominięta.
note-preview = To plik raw z aparatu: odnowiłem obraz, który aparat w nim zapisał.
note-incomplete = Plik kończy się za wcześnie: brakuje { $count } procent zdjęcia. Wyślij je jeszcze raz, jeśli masz całe.
note-coarse = Plik kończy się za wcześnie, więc zdjęciu brakuje szczegółów. Wyślij je jeszcze raz, jeśli masz całe.
note-other-pages =
    { $count ->
        [one] W pliku jest jeszcze { $count } strona lub obraz; nie zmieniałem jej. Wyślij ją osobno.
        [few] W pliku są jeszcze { $count } strony lub obrazy; nie zmieniałem ich. Wyślij je pojedynczo.
        [many] W pliku jest jeszcze { $count } stron lub obrazów; nie zmieniałem ich. Wyślij je pojedynczo.
       *[other] W pliku jest jeszcze { $count } strony lub obrazu; nie zmieniałem ich. Wyślij je pojedynczo.
    }
offer-upright =
    { $rotation ->
        [180] To zdjęcie jest do góry nogami. Obrócić je?
       *[other] To zdjęcie leży na boku. Obrócić je?
    }
quota-left =
    { $left ->
        [0] Na dziś to koniec zdjęć. Znowu { $limit } za { $renews_in }.
       *[other] Na dziś zostało Ci { $left } z { $limit }. Odnowi się za { $renews_in }.
    }

## Plans

quota-none = Darmowe zdjęcia są tu wyłączone.
plan-has = Masz { $plan } jeszcze przez { $time }.
plan-has-endless = Masz { $plan }.
plan-photos-left =
    { $count ->
        [one] Zostało Ci { $count } kupione zdjęcie.
        [few] Zostały Ci { $count } kupione zdjęcia.
        [many] Zostało Ci { $count } kupionych zdjęć.
       *[other] Zostało Ci { $count } kupionego zdjęcia.
    }
offers-free =
    { $free ->
        [one] { $free } zdjęcie dziennie jest darmowe dla każdego.
        [few] { $free } zdjęcia dziennie są darmowe dla każdego.
        [many] { $free } zdjęć dziennie jest darmowych dla każdego.
       *[other] { $free } zdjęcia dziennie jest darmowe dla każdego.
    }
offers-intro = Z planem odnowisz więcej zdjęć, a Twoje idą pierwsze:
offers-none = Tu nic nie jest na sprzedaż.
offers-code = Masz kod? Wyślij /unlock i kod.
more-with-premium = Nie musisz czekać: /premium pokazuje, jak dostać więcej zdjęć.
offer-subscription = { $plan }: { $price } gwiazdek co { $count } dni, aż zrezygnujesz
offer-days =
    { $count ->
        [one] { $plan }: { $count } dzień za { $price } gwiazdek
       *[other] { $plan }: { $count } dni za { $price } gwiazdek
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } zdjęcie za { $price } gwiazdek
        [few] { $plan }: { $count } zdjęcia za { $price } gwiazdek
        [many] { $plan }: { $count } zdjęć za { $price } gwiazdek
       *[other] { $plan }: { $count } zdjęcia za { $price } gwiazdek
    }
offer-instead = (zamiast { $full })
unlock-howto = Napisz kod po poleceniu: /unlock KOD
code-discount = Kod jest dobry: następny zakup kosztuje { $percent } % mniej. /premium pokazuje ceny.
code-unlocked-photos =
    { $count ->
        [one] Kod jest dobry: masz { $count } zdjęcie więcej ({ $plan }).
        [few] Kod jest dobry: masz { $count } zdjęcia więcej ({ $plan }).
        [many] Kod jest dobry: masz { $count } zdjęć więcej ({ $plan }).
       *[other] Kod jest dobry: masz { $count } zdjęcia więcej ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] Kod jest dobry: masz { $plan } o { $count } dzień dłużej.
       *[other] Kod jest dobry: masz { $plan } o { $count } dni dłużej.
    }

## Commands

help =
    Wyślij mi zdjęcie, a je odnowię: każdą twarz, a także rysy, kurz, ziarno i wyblakły kontrast, jeśli na nim są. W zdjęciu bez uszkodzeń zmieniają się tylko twarze.
    Mogą być stare, nieostre, porysowane i wyblakłe. Najlepiej wychodzą portrety; na zdjęciu grupowym każda twarz jest odnawiana osobno.
    Bardzo małe twarze zostają bez zmian. Odnowiona twarz to dobry domysł, a nie dokument: drobne szczegóły mogły być inne.
    Zdjęcia są usuwane po { $hours } godz.
help-commands =
    /restore – odnów zdjęcie
    /quota – ile zostało na dziś
    /premium – więcej zdjęć
    /unlock – użyj kodu
    /settings – język, siła, rozmiar
    /cancel – anuluj czekające zdjęcia
    /privacy – co jest przechowywane i jak długo
    /deletemydata – usuń swoje zdjęcia i ustawienia
    /help – ten tekst
restore-howto = Wyślij zdjęcie, a je odnowię.
unknown-command = Nie znam { $command }. Spróbuj /help.
cancelled = Anulowano. Nic Cię to nie kosztowało.
forget-sure = Usunąć teraz Twoje zdjęcia i ustawienia? Czekające zdjęcia zostaną anulowane. Zdjęcia wysłane dziś nadal się liczą.
forget-done = Gotowe. Twoje zdjęcia i ustawienia są usunięte.
legal-privacy-whole = Cała polityka prywatności: { $url }
legal-terms = Wysyłaj tylko zdjęcia, których wolno Ci używać. Odnowiona twarz jest po części domysłem sieci neuronowej i może różnić się od osoby. Zdjęcie, które się nie uda, nic nie kosztuje; nic więcej nie jest obiecane.
legal-terms-whole = Całe warunki: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Przywróć starym zdjęciom twarze
playground-lead = Wyślij stare, nieostre albo zniszczone zdjęcie. Odnowione zostaną twarze, a także rysy, ziarno i wyblakłość, jeśli są; nic innego się nie zmieni.
playground-drop = Upuść, wklej albo wybierz zdjęcie
playground-drop-hint = Do { NUMBER($limit_mb) } MB. Zdjęcia zostają na tym serwerze i są usuwane po { $hours } godz.
playground-drop-here = Puść, aby wysłać zdjęcie
playground-sample = Wypróbuj na przykładzie
playground-add-photo = Dodaj zdjęcie
playground-message = Wiadomość
playground-message-hint = Pytania? Napisz /help
playground-send = Wyślij
playground-chat = Czat
playground-needs-script = Ta strona wymaga JavaScriptu.
playground-privacy = Przechowuję Twoje zdjęcia przez { $hours } godz., dla przycisków, a potem je usuwam. Przechowuję losowy numer (w pliku cookie tej przeglądarki), kiedy wysyłałeś zdjęcia i co się z nimi stało, żeby liczyć limit; to, co wybrałeś w /settings; i to, co kupiłeś lub odebrałeś. Nikt nie ogląda Twoich zdjęć i niczego się na nich nie uczy. /deletemydata usuwa od razu Twoje zdjęcia, ustawienia i to, co wiem o Twoich zdjęciach. Numer jest usuwany, gdy do niczego nie jest już potrzebny: dzisiejszy licznik, plan, ważny jeszcze kod albo blokada. Płatności są przechowywane do rozliczeń, bez numeru.
playground-privacy-link = Prywatność
playground-terms-link = Warunki
playground-legal-english = Ten tekst jest po angielsku.
playground-you = Ty
playground-bot = Magic Memory
playground-your-photo = Twoje zdjęcie
playground-sending = Wysyłam Twoje zdjęcie…
playground-progress = Postęp
playground-cancel = Anuluj
playground-before = Przed
playground-after = Po
playground-before-alt = Zdjęcie tak, jak je wysłałeś
playground-after-alt = Odnowione zdjęcie
playground-compare = Granica między „przed” i „po”
playground-download = Pobierz
playground-show-faces = Pokaż twarze
playground-show-damage = Pokaż uszkodzenia
playground-damage-alt = Co uznałem za uszkodzenie
playground-faces = Twarze
playground-face-restored = Twarz { $number }: { $width } × { $height } pikseli, odnowiona
playground-face-less-alike = Twarz { $number }: { $width } × { $height } pikseli, odnowiona, ale przyjrzyj się: może być mniej podobna do oryginału
playground-face-too-small = Twarz { $number }: { $width } × { $height } pikseli, za mała, aby ją odnowić
playground-face-left-alone = Twarz { $number }: { $width } × { $height } pikseli, zostawiona bez zmian
playground-gentler = Łagodniej
playground-stronger = Mocniej
playground-scope-photo = Całe zdjęcie
playground-scope-faces = Tylko twarze
playground-undo-repair = Bez naprawy
playground-restore-whole = Odnów całe zdjęcie
playground-closer = Nie całkiem podobne?
playground-asked-chosen = To samo zdjęcie z wybranymi twarzami
playground-hold = Przytrzymaj, aby zobaczyć oryginał
playground-large-view = Duży widok
playground-close = Zamknij
playground-zoom-in = Powiększ
playground-zoom-out = Pomniejsz
playground-copy = Kopiuj
playground-copied = Skopiowano. Możesz to teraz wkleić.
playground-not-copied = Ta przeglądarka nie pozwala mi kopiować. Pobierz zdjęcie.
playground-share = Udostępnij…
playground-share-both = Przed i po, do udostępnienia
playground-share-clip = Klip
playground-share-card = Obraz
playground-download-all = Pobierz wszystko w jednym pliku
playground-download-cards = Pobierz karty twarzy
playground-saved = Zapisano.
playground-erase = Usuń wszystko
playground-asked-faces = To samo zdjęcie, tylko twarze, odnowione w { $percent } %
playground-asked-photo = Całe zdjęcie naprawione i oczyszczone, twarze odnowione w { $percent } %
playground-asked-auto = To samo zdjęcie, odnowione w { $percent } %
playground-asked-undo-repair = To samo zdjęcie bez naprawy, twarze odnowione w { $percent } %
playground-asked-print = To samo zdjęcie na odbitkę { $size }
playground-file-name = { $name } odnowione
playground-file-name-plain = Odnowione zdjęcie
playground-file-name-face = { $name }, twarz { $number } (rząd { $row }, numer { $place })
playground-offline = Połączenie zniknęło. Próbuję dalej…
playground-online = Połączenie wróciło.
playground-not-sent = To nie zostało wysłane: nie ma połączenia.
playground-try-again = Spróbuj jeszcze raz
playground-expired = Nie mam już tego zdjęcia.
playground-error-bad-request = Nie mogę odczytać tego żądania.
playground-error-bad-options = Tych opcji nie można użyć.
playground-error-host = Ta strona nie odpowiada pod tym adresem. Jej właściciel może go dopuścić przez MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = Ta strona nie odpowiada innym witrynom. Jej właściciel może dopuścić witrynę przez MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Tu nic nie ma.
playground-error-login = Najpierw się zaloguj.
playground-error-too-fast = To było za szybko. Poczekaj chwilę.

## Telegram

telegram-about = Około { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Mam Twoje zdjęcia: { $count }. Są następne.
       *[other] Mam Twoje zdjęcia: { $count }. Zdjęć przed nimi: { $ahead }.
    }
telegram-album-progress = Odnawiam: gotowe { $done } z { $count } zdjęć…
telegram-album-refused =
    { $count ->
        [one] { $count } zdjęcie z tego albumu nie zostało odnowione.
        [few] { $count } zdjęcia z tego albumu nie zostały odnowione.
        [many] { $count } zdjęć z tego albumu nie zostało odnowionych.
       *[other] { $count } zdjęcia z tego albumu nie zostało odnowione.
    }
telegram-album-line = Zdjęcie { $number }: { $text }
telegram-album-pick = Wybierz zdjęcie, aby zrobić więcej:
telegram-adjusted = Ta zmiana była darmowa.
telegram-ready = Twoje zdjęcie jest gotowe.
telegram-coming = Już wysyłam…
telegram-on-it = Już robię…
telegram-done-already = To już zrobiłem.
telegram-not-yours = Tych przycisków może używać tylko osoba, która o to prosiła.
telegram-full-quality = Pełna jakość, jako plik.
telegram-deleted = Usunięte.
telegram-too-old-to-delete = U siebie zdjęcie usunąłem. Telegram pozwala mi usuwać moje wiadomości tylko przez dwa dni: usuń tę sam.
telegram-file-name = odnowione
telegram-start =
    Przywracam twarze starym i zniszczonym zdjęciom. Wyślij mi zdjęcie, a odpowiem odnowionym.
    { $free ->
        [0] Więcej w /help.
        [one] { $free } zdjęcie dziennie jest darmowe. Więcej w /help.
        [few] { $free } zdjęcia dziennie są darmowe. Więcej w /help.
        [many] { $free } zdjęć dziennie jest darmowych. Więcej w /help.
       *[other] { $free } zdjęcia dziennie jest darmowe. Więcej w /help.
    }
telegram-howto = Wyślij mi zdjęcie albo odpowiedz na nie poleceniem /restore.
telegram-howto-group = Odpowiedz na zdjęcie poleceniem /restore albo napisz /restore pod zdjęciem, które wysyłasz.
telegram-guest = Jako gość w tym czacie nie mogę wysyłać zdjęć. Dodaj mnie do tego czatu albo wyślij mi zdjęcie w naszym prywatnym czacie.
telegram-text = Wyślij mi zdjęcie, a je odnowię. Więcej w /help.
telegram-not-for-us = Umiem odnawiać tylko zdjęcia. Wyślij mi je jako zdjęcie albo jako plik.
telegram-help =
    Jak to działa? Sieć neuronowa rysuje każdą twarz od nowa z tego, co z niej zostało, a ja wklejam ją w Twoje zdjęcie.
    Czy to zmienia wygląd? Trochę: im gorsze zdjęcie, tym więcej w twarzy domysłu. „Łagodniej” zachowuje więcej oryginału.
    Zdjęcia grupowe? Tak, każda wystarczająco duża twarz.
    Bardzo małe twarze? Zostawiam je; pomaga większy skan.
    Czego nie umiem? Duże rozdarcia i brakujące części zostają, a czarno-białe zostaje czarno-białe. „Bez naprawy” i „Tylko twarze” cofają to, co zrobiłem poza twarzami.
    Najlepsza jakość: wyślij zdjęcie jako plik. W grupie: odpowiedz na zdjęcie poleceniem /restore.
telegram-privacy = Przechowuję Twoje zdjęcia przez { $hours } godz., dla przycisków, a potem je usuwam. Przechowuję numer Twojego konta, kiedy wysyłałeś zdjęcia i co się z nimi stało, żeby liczyć limit; to, co wybrałeś w /settings; i to, co kupiłeś lub odebrałeś. Nikt nie ogląda Twoich zdjęć i niczego się na nich nie uczy. /deletemydata usuwa od razu Twoje zdjęcia, ustawienia i to, co wiem o Twoich zdjęciach. Numer jest usuwany, gdy do niczego nie jest już potrzebny: dzisiejszy licznik, plan, ważny jeszcze kod albo blokada. Płatności są przechowywane do rozliczeń, bez numeru.
telegram-delete-kept = Niczego nie usunięto.
telegram-premium-group = Co masz i co możesz kupić, pokażę w naszym prywatnym czacie.
telegram-terms = Warunki sprzedaży: { $url }
telegram-terms-none = W tym bocie możesz kupić czas albo zdjęcia, tylko dla swojego konta. Nic się nie odnawia, jeśli oferta tego nie mówi, a odnowienie możesz odwołać w każdej chwili. W pytaniach i zwrotach pomaga /paysupport.
telegram-receipt = Dziękuję! Twoja płatność ({ $amount } gwiazdek) dotarła. Pytania: /paysupport
telegram-receipt-subscription = Odnawia się sama. Możesz ją odwołać w ustawieniach Telegrama, w „Moje gwiazdki”.
telegram-not-credited = Twoja płatność ({ $amount } gwiazdek) dotarła, ale nie mogłem jej zaliczyć. Osoba prowadząca bota to widzi: napisz do niej, zobacz /paysupport. Numer płatności: { $charge }
telegram-refunded = Twoja płatność ({ $amount } gwiazdek) została zwrócona, a to, co za nią dostałeś, się skończyło.
telegram-paysupport = W sprawie płatności napisz do { $contact }, podając numer płatności. Pomoc samego Telegrama tu nie pomoże.
telegram-paysupport-nobody = W sprawie płatności napisz do osoby prowadzącej bota, podając numer płatności. Pomoc samego Telegrama tu nie pomoże.
telegram-paysupport-payment = { $date }, { $amount } gwiazdek, numer { $charge }
settings-title = Twoje ustawienia, dla wszystkich Twoich zdjęć:
telegram-setting-language = Język: { $value }
telegram-setting-strength = Siła: { $value }
telegram-setting-fidelity = Wierność: { $value }
telegram-setting-upscale = Rozmiar: { $value }
telegram-setting-scope = Odnawiać: { $value }
telegram-setting-reply-as-file = Odpowiedź: { $value }
telegram-setting-model = Model: { $value }
setting-about-language = Jakiego języka mam używać?
setting-about-strength = Jak mocno odnawiać twarze? Mniejsza siła zachowuje więcej oryginału.
setting-about-fidelity = Żywe twarze są wyraźniejsze; wierne są bliższe oryginałowi.
setting-about-upscale = Czy zdjęcie ma być większe?
setting-about-scope = Co mam odnawiać? Automatycznie odnawiam twarze, a z reszty to, czego zdjęcie potrzebuje: nic, jeśli jest bez uszkodzeń. „Całe zdjęcie” naprawia i czyści każde zdjęcie.
setting-about-reply-as-file = Odpowiadać zdjęciem czy plikiem w pełnej jakości?
setting-about-model = Który model ma odnawiać Twoje zdjęcia?
setting-value-auto = automatycznie
setting-value-strength-50 = połowa
setting-value-strength-75 = łagodnie
setting-value-strength-100 = pełna
setting-value-fidelity-0 = żywo
setting-value-fidelity-50 = pośrednio
setting-value-fidelity-100 = wiernie
setting-value-upscale-1 = jak jest
setting-value-upscale-2 = dwa razy
setting-value-upscale-4 = cztery razy
setting-value-scope-faces = tylko twarze
setting-value-scope-photo = całe zdjęcie
setting-value-reply-as-file-no = zdjęcie
setting-value-reply-as-file-yes = plik
telegram-group-settings = Ustawienia tej grupy, dla jej administratorów. Dla własnych zdjęć wszędzie wyślij mi /settings w naszym prywatnym czacie.
telegram-group-language = Język: { $value }
telegram-group-scope = Odnawiać: { $value }
telegram-group-who = Kto może prosić: { $value }
telegram-group-photos-per-day = Zdjęć dziennie: { $value }
telegram-group-results = Wyniki: { $value }
telegram-group-about-language = W jakim języku odpowiadać tym, którzy żadnego nie wybrali?
telegram-group-about-scope = Co odnawiać na zdjęciach tej grupy, jeśli nikt nie powie inaczej?
telegram-group-about-who = Czyje zdjęcia można tu odnawiać?
telegram-group-about-photos-per-day = Ile zdjęć dziennie może odnowić cała grupa?
telegram-group-about-results = Dokąd wysyłać odnowione zdjęcia?
telegram-group-value-scope-own = jak kto chce
telegram-group-value-who-everybody = wszyscy
telegram-group-value-who-administrators = administratorzy
telegram-group-value-photos-per-day-0 = bez limitu
telegram-group-value-results-asked = tam, gdzie ktoś prosi
telegram-group-value-results-here = ten temat
telegram-not-administrator = Tych przycisków mogą używać tylko administratorzy tej grupy.
telegram-results-elsewhere = Odnowione zdjęcie przyjdzie w temacie tej grupy na wyniki.
telegram-button-file = 📄 Pełna jakość
telegram-button-compare = ↔️ Przed/po
telegram-button-closer = 🤔 Nie całkiem podobne?
telegram-button-gentler = ➖ Łagodniej
telegram-button-stronger = ➕ Mocniej
telegram-button-vivid = ✨ Żywiej
telegram-button-faithful = 🎯 Wierniej
telegram-button-photo = 🖼️ Całe zdjęcie
telegram-button-faces = 🙂 Tylko twarze
telegram-button-undo-repair = ↩️ Bez naprawy
telegram-button-whole = 🖼️ Odnów całe zdjęcie
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Wstecz
telegram-button-delete = 🗑️ Usuń
telegram-button-delete-photo = 🗑️ Tak, usuń
telegram-button-private-chat = Nasz prywatny czat
telegram-button-offers = ⭐ Pokaż
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Subskrybuj za { $price }
telegram-button-delete-yes = Usuń wszystko
telegram-button-delete-no = Zostaw
telegram-command-restore = Odnów zdjęcie
telegram-command-quota = Ile zostało na dziś
telegram-command-settings = Język, siła, rozmiar
telegram-command-cancel = Anuluj czekające zdjęcia
telegram-command-premium = Więcej zdjęć
telegram-command-unlock = Użyj kodu
telegram-command-help = Jak to działa i czego nie umie
telegram-command-privacy = Co jest przechowywane i jak długo
telegram-command-deletemydata = Usuń swoje zdjęcia i ustawienia
telegram-command-paysupport = Pomoc z płatnością
telegram-command-terms = Warunki sprzedaży

## Errors. None of them costs quota.

error-file-too-large = Plik jest za duży: limit to { NUMBER($limit_mb) } MB.
error-photo-too-large = To zdjęcie ma { NUMBER($megapixels) } megapikseli; limit to { NUMBER($limit_megapixels) }. Wyślij mniejszą kopię.
error-photo-unreadable = Nie mogę odczytać tego obrazu; plik wygląda na uszkodzony. Wyślij go jako JPEG albo PNG.
error-photo-truncated = Plik kończy się za wcześnie; chyba nie został skopiowany do końca. Wyślij go jeszcze raz.
error-photo-animated = To animacja albo film. Wyślij nieruchome zdjęcie.
error-not-a-photo = To nie jest zdjęcie. Wyślij obraz, na przykład JPEG albo PNG.
error-kind-unsupported = To plik { $kind }, którego nie umiem odczytać. Zapisz go jako JPEG albo PNG i wyślij.
error-archive-sent = To archiwum ({ $kind }). Rozpakuj je i wyślij mi zdjęcia z niego.
error-pdf-without-scan = Ten PDF zawiera tekst, a nie skan zdjęcia. Wyślij samo zdjęcie, jako JPEG albo PNG.
error-pdf-locked = Ten PDF jest chroniony hasłem. Wyślij samo zdjęcie, jako JPEG albo PNG.
error-preview-missing = To plik raw z aparatu bez obrazu, który umiałbym odczytać. Zapisz go jako JPEG i wyślij.
error-page-missing = Ten plik nie ma strony { $page }; stron jest { $pages }.
error-no-face-found = Nie znalazłem twarzy na tym zdjęciu. Nic Cię to nie kosztowało. Twarze najłatwiej znaleźć, gdy widać oboje oczu; często pomaga skan z mniejszą ilością odblasków i kurzu.
error-nothing-to-restore = Nie znalazłem twarzy na tym zdjęciu. Nic innego na nim nie wymaga naprawy, więc zostaje bez zmian. Nic Cię to nie kosztowało.
error-face-number-unknown = Na tym zdjęciu nie ma twarzy numer { $number }; znalazłem ich { $count }. Nic Cię to nie kosztowało.
error-faces-too-small =
    { $count ->
        [one] Twarz na tym zdjęciu jest za mała, by ją odnowić (poniżej { $limit_px } pikseli).
       *[other] Twarze na tym zdjęciu są za małe, by je odnowić (poniżej { $limit_px } pikseli).
    } Nic Cię to nie kosztowało. Często pomaga większy skan.
error-quota-used-up =
    { $limit ->
        [0] Darmowe odnawianie jest tu wyłączone.
        [one] Dzisiejsze darmowe zdjęcie jest wykorzystane. Następne za { $renews_in }.
       *[other] Dzisiejsze darmowe zdjęcia ({ $limit }) są wykorzystane. Następne za { $renews_in }.
    }
error-queue-full =
    Czeka tyle zdjęć, że nie mogę teraz przyjąć kolejnego. Spróbuj za około { $minutes ->
        [one] { $minutes } minutę
        [few] { $minutes } minuty
        [many] { $minutes } minut
       *[other] { $minutes } minuty
    }. Nic Cię to nie kosztowało.
error-fair-use-reached = Odnowiłeś dziś { $limit } zdjęć, czyli tyle, ile Twój plan ma na jeden dzień. Następne za { $renews_in }.
error-size-not-in-plan = Powiększanie zdjęć { $upscale } razy nie należy do Twojego planu. /premium pokazuje plany.
error-print-size-unusable = Odbitki w tym rozmiarze nie mogę przygotować. Napisz rozmiar, na przykład 13x18cm albo 5x7in, z bokami od 3 do 150 cm. Nic Cię to nie kosztowało.
error-model-not-in-plan = Model „{ $model }” nie należy do Twojego planu. /premium pokazuje plany.
error-too-many-at-once =
    { $limit ->
        [one] Pracuję jeszcze nad Twoim ostatnim zdjęciem. Poczekaj, aż będzie gotowe. To nic Cię nie kosztowało.
       *[other] Pracuję jeszcze nad Twoimi zdjęciami ({ $limit }). Poczekaj, aż jedno będzie gotowe. To nic Cię nie kosztowało.
    }
error-code-unknown = Nie znam tego kodu. Sprawdź go.
error-code-mistyped = W kodzie jest błąd: co najmniej jeden znak jest zły. Sprawdź go.
error-code-expired = Ten kod stracił ważność.
error-code-used-up = Ten kod wykorzystano już tyle razy, ile wolno.
error-code-redeemed = Ten kod już wykorzystałeś.
error-code-revoked = Ten kod nie jest już ważny.
error-code-elsewhere = Ten kod daje zniżkę na coś, co jest sprzedawane w Telegramie. Użyj go tam: jest nadal ważny.
error-too-many-failures = Ostatnio nie udało się zbyt wiele zdjęć. Spróbuj za { $wait_in }. To nic Cię nie kosztowało.
error-network-quota-used-up = Dzisiejsze darmowe zdjęcia Twojej sieci ({ NUMBER($limit) }) są wykorzystane. Następne za { $renews_in }.
error-group-quota-used-up = Dzisiejsze zdjęcia dla wszystkich tutaj ({ NUMBER($limit) }) są wykorzystane. Następne za { $renews_in }. Możesz też wysłać mi zdjęcie w prywatnym czacie.
error-only-administrators = Tutaj tylko administratorzy mogą odnawiać zdjęcia. Możesz wysłać mi zdjęcie w prywatnym czacie.
error-too-many-guesses = Za dużo złych kodów. Spróbuj za { $wait_in }.
error-offer-gone = Ta oferta się zmieniła. Nic nie zapłacono. Zajrzyj jeszcze raz do /premium.
error-banned = Nie możesz używać tego bota.
error-photo-expired = Nie mam już tego zdjęcia. Wyślij je jeszcze raz.
error-nothing-to-cancel = Nie masz czekających zdjęć.
error-too-many-adjustments =
    { $limit ->
        [one] Możesz zmienić zdjęcie jeden raz, w ciągu { $minutes } min od jego otrzymania.
       *[other] Możesz zmienić zdjęcie tyle razy: { $limit }, w ciągu { $minutes } min od jego otrzymania.
    }
error-model-unknown = Nie ma modelu o nazwie „{ $model }”. Modele to: { $known }.
error-model-not-installed = Model „{ $model }” nie jest tu zainstalowany.
error-model-not-allowed = Modelu „{ $model }” nie wolno tu używać.
error-model-broken = Modelu „{ $model }” nie można teraz użyć. Nic Cię to nie kosztowało.
error-fidelity-unsupported = Model „{ $model }” nie ma suwaka wierności.
error-cancelled = Anulowano. Nic Cię to nie kosztowało.
error-photos-forbidden = W tym czacie nie wolno mi wysyłać ani zdjęć, ani plików. Administrator może na to pozwolić w uprawnieniach czatu. Nic Cię to nie kosztowało.
error-writing-forbidden = W czacie, w którym prosiłeś o odnowienie zdjęcia, nie wolno mi pisać. Administrator może na to pozwolić. Nic Cię to nie kosztowało; możesz też wysłać mi zdjęcie tutaj.
error-internal-error = Przepraszam, coś poszło nie tak po naszej stronie. Nic Cię to nie kosztowało. Spróbuj jeszcze raz.

## Discord

discord-menu-restore = Odnów twarze
discord-name-restore = odnów
discord-name-quota = limit
discord-name-settings = ustawienia
discord-name-cancel = anuluj
discord-name-premium = premium
discord-name-unlock = odblokuj
discord-name-privacy = prywatność
discord-name-terms = warunki
discord-name-erase = usuń-moje-dane
discord-name-help = pomoc
discord-name-photo = zdjęcie
discord-name-model = model
discord-name-strength = siła
discord-name-fidelity = wierność
discord-name-upscale = powiększenie
discord-name-scope = zakres
discord-name-private = prywatnie
discord-name-language = język
discord-name-code = kod
discord-name-server = ustawienia-serwera
discord-name-who = kto
discord-name-per-day = zdjęć-dziennie
discord-name-results = wyniki
discord-name-where-asked = gdzie-pytano
discord-about-restore = Odnów zdjęcie
discord-about-quota = Ile zostało na dziś
discord-about-settings = Zobacz lub zmień, jak odnawiam twoje zdjęcia
discord-about-cancel = Anuluj czekające zdjęcia
discord-about-premium = Więcej zdjęć
discord-about-unlock = Użyj kodu
discord-about-privacy = Co jest przechowywane i jak długo
discord-about-terms = Co możesz wysyłać i co jest obiecane
discord-about-erase = Usuń swoje zdjęcia i ustawienia
discord-about-help = Jak to działa i czego nie umie
discord-about-photo = Zdjęcie
discord-about-model = Model, który odnawia; auto wybiera najlepszy
discord-about-strength = W procentach: 100 pokazuje odnowione twarze, mniej zachowuje więcej oryginału
discord-about-fidelity = W procentach: 0 to wyraziście, 100 to wiernie; nie każdy model to ma
discord-about-upscale = Powiększ zdjęcie tyle razy
discord-about-scope = Automatycznie: czego potrzebuje zdjęcie; albo same twarze; albo zawsze całe zdjęcie
discord-about-private = Tylko ty widzisz odpowiedź
discord-about-language = Język, w którym odpowiadam
discord-about-code = Kod
discord-about-server = Dla administratorów: zobacz lub zmień, co obowiązuje wszystkich na tym serwerze
discord-about-server-language = W jakim języku odpowiadać tym, którzy żadnego nie wybrali?
discord-about-server-scope = Co odnawiać na zdjęciach tej grupy, jeśli nikt nie powie inaczej?
discord-about-who = Czyje zdjęcia można tu odnawiać?
discord-about-per-day = Zdjęć dziennie dla całego serwera; 0: bez limitu
discord-about-results = Kanał, na który trafiają odnowione zdjęcia
discord-about-where-asked = Znów wysyłaj odnowione zdjęcia tam, gdzie ktoś poprosi
discord-gentler = Łagodniej
discord-stronger = Mocniej
discord-closer = Nie całkiem podobne?
discord-full-quality = Pełna jakość
discord-share = Przed/po
discord-whole-photo = Całe zdjęcie
discord-faces-only = Tylko twarze
discord-undo-repair = Bez naprawy
discord-restore-whole = Odnów całe zdjęcie
discord-another-model = Inny model
discord-delete = Usuń
discord-alt-after = Odnowione zdjęcie
discord-alt-before = Zdjęcie tak, jak je wysłano
discord-made-smaller = Obraz zmniejszono, by zmieścił się w { $limit_mb } MB, które są tu dozwolone.
discord-full-quality-here = Odnowione zdjęcie w pełnej jakości.
discord-too-large-here = Pełny plik jest większy niż { $limit_mb } MB, które są tu dozwolone. To najlepsza wersja, która się mieści.
discord-not-yours = Tylko osoba, która poprosiła o to zdjęcie, może używać jego przycisków.
discord-permission-missing = Brakuje mi tu uprawnienia: „{ $permission }”. Poproś osoby, które prowadzą ten serwer, by mi je nadały.
discord-permission-attach-files = Załączanie plików
discord-permission-send-messages = Wysyłanie wiadomości
discord-automatic = automatycznie
discord-scope-auto = automatycznie
discord-scope-faces = tylko twarze
discord-scope-photo = całe zdjęcie
discord-scope-own = jak kto chce
discord-who-everybody = wszyscy
discord-who-administrators = administratorzy
discord-no-limit = bez limitu
discord-where-asked = tam, gdzie ktoś prosi
discord-results-elsewhere = Odnowione zdjęcie pojawi się w { $channel }.
discord-server-settings =
    Ustawienia tego serwera, dla wszystkich, którzy tu proszą:
    Język: { $spoken }
    Odnawiać: { $scope }
    Kto może prosić: { $who }
    Zdjęć dziennie: { $limit }
    Wyniki: { $channel }
discord-settings =
    Twoje ustawienia, dla wszystkich Twoich zdjęć:
    Model: { $model }
    Siła: { $strength }
    Wierność: { $fidelity }
    Rozmiar: × { $upscale }
    Odnawiać: { $scope }
    Język: { $spoken }
discord-help-more = Możesz też wysłać mi zdjęcie w wiadomości prywatnej, wspomnieć mnie przy zdjęciu albo wybrać „Aplikacje” w menu wiadomości.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] tyle zdjęć, ile chcesz
        [one] { $photos } zdjęcie dziennie
        [few] { $photos } zdjęcia dziennie
        [many] { $photos } zdjęć dziennie
       *[other] { $photos } zdjęcia dziennie
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } zdjęcie
        [few] { $plan }: { $count } zdjęcia
        [many] { $plan }: { $count } zdjęć
       *[other] { $plan }: { $count } zdjęcia
    }
discord-offers-note = Discord pokazuje poniżej ceny i przyjmuje płatność. To, co tu sprzedaje, jest dla twojego konta, na każdym serwerze.
discord-privacy = Przechowuję Twoje zdjęcia przez { $hours } godz., dla przycisków, a potem je usuwam. Przechowuję numer Twojego konta, kiedy wysyłałeś zdjęcia i co się z nimi stało, żeby liczyć limit; to, co wybrałeś w /ustawienia; i to, co kupiłeś lub odebrałeś. Nikt nie ogląda Twoich zdjęć i niczego się na nich nie uczy. /usuń-moje-dane usuwa od razu Twoje zdjęcia, ustawienia i to, co wiem o Twoich zdjęciach. Numer jest usuwany, gdy do niczego nie jest już potrzebny: dzisiejszy licznik, plan, ważny jeszcze kod albo blokada. Płatności są przechowywane do rozliczeń, bez numeru.
discord-erase-yes = Usuń wszystko
