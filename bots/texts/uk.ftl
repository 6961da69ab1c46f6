### Усе, що може прочитати людина, українською. Ключі однакові в усіх мовах.
### No native speaker has read this file yet. Corrections are welcome.

## The language

language-name = Українська

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } секунду
        [few] { $count } секунди
        [many] { $count } секунд
       *[other] { $count } секунди
    }
duration-minutes =
    { $count ->
        [one] { $count } хвилину
        [few] { $count } хвилини
        [many] { $count } хвилин
       *[other] { $count } хвилини
    }
duration-hours =
    { $count ->
        [one] { $count } годину
        [few] { $count } години
        [many] { $count } годин
       *[other] { $count } години
    }
duration-days =
    { $count ->
        [one] { $count } день
        [few] { $count } дні
        [many] { $count } днів
       *[other] { $count } дня
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Отримав. Ваше фото наступне.
        [one] Отримав. Перед вашим ще { $ahead } фото.
        [few] Отримав. Перед вашим ще { $ahead } фото.
        [many] Отримав. Перед вашим ще { $ahead } фото.
       *[other] Отримав. Перед вашим ще { $ahead } фото.
    }
progress-decode = Відкриваю ваше фото…
progress-detect = Шукаю обличчя…
progress-repair = Ремонтую фото…
progress-clean = Очищую все фото…
progress-restore =
    { $faces ->
        [one] Знайшов одне обличчя. Відновлюю…
       *[other] Знайдено облич: { $faces }. Уже відновлено: { $done }…
    }
progress-blend = Вписую у фото…
progress-encode = Майже готово…

## The reply

reply-restored =
    { $count ->
        [one] Відновлено { $count } обличчя.
        [few] Відновлено { $count } обличчя.
        [many] Відновлено { $count } облич.
       *[other] Відновлено { $count } обличчя.
    }
reply-too-small =
    { $count ->
        [one] { $count } обличчя замале для відновлення.
        [few] { $count } обличчя замалі для відновлення.
        [many] { $count } облич замалі для відновлення.
       *[other] { $count } обличчя замалі для відновлення.
    }
reply-too-many =
    { $count ->
        [one] Облич багато: найбільші відновлено, { $count } залишено як було.
       *[other] Облич багато: найбільші відновлено, { $count } залишено як було.
    }
reply-cleaned = усе фото очищено
reply-cleaned-grain = зерно прибрано
reply-cleaned-halftone = друкарські точки прибрано
reply-cleaned-jpeg = сліди стиснення прибрано
reply-repaired = подряпини й пил прибрано
reply-repaired-scratches = подряпини прибрано
reply-repaired-dust = пил прибрано
reply-toned = контраст повернуто
reply-no-face = Обличчя на ньому я не знайшов.
reply-remembered = Я запам’ятаю це для ваших наступних фото; змінити можна в /settings.
share-ready = До і після, щоб поділитися.
faces-button = Вибрати обличчя
print-button = Для друку
print-choose = Якого розміру має бути відбиток?
print-sharp = За розміру { $size } відбиток має { $dpi } точок на дюйм. Чітко фото друкується до { $sharp }.
print-soft = За розміру { $size } відбиток має { $dpi } точок на дюйм і виглядає м’яким. Чітко фото друкується до { $sharp }.
faces-choose = Натисніть номер обличчя, щоб змінити, що з ним буде: ✓ відновити, ½ м’яко, – не чіпати. Потім натисніть «Відновити».
faces-restore = Відновити
faces-cards = Картки облич
faces-none = Виберіть хоча б одне обличчя.
face-card = Обличчя { $number }: ряд { $row }, номер { $place } зліва.
reminder-button = Сказати, коли буде знову
reminder-set = Уранці, коли безкоштовне фото знову з’явиться, я скажу вам.
reminder = Безкоштовне фото знову доступне. Надсилайте наступне, коли захочете.
reply-incomplete =
    { $count ->
        [one] { $count } обличчя обрізане у файлі, його залишено як є.
        [few] { $count } обличчя обрізані у файлі, їх залишено як є.
        [many] { $count } облич обрізані у файлі, їх залишено як є.
       *[other] { $count } обличчя обрізані у файлі, їх залишено як є.
    }
reply-held =
    { $count ->
        [one] { $count } обличчя залишено ближчим до оригіналу, щоб зберегти схожість.
        [few] { $count } обличчя залишено ближчими до оригіналу, щоб зберегти схожість.
        [many] { $count } облич залишено ближчими до оригіналу, щоб зберегти схожість.
       *[other] { $count } обличчя залишено ближчими до оригіналу, щоб зберегти схожість.
    }
note-tone-mapped = Воно мало розширений динамічний діапазон; я пристосував його до звичайного екрана.
note-gain-map = Додаткову яскравість для HDR-екранів не збережено.
note-preview = Це raw-файл камери: я відновив зображення, яке камера в нього вклала.
note-incomplete = Файл закінчується зарано: бракує { $count } % фото. Надішліть його ще раз, якщо маєте повний.
note-coarse = Файл закінчується зарано, тому фото бракує дрібних деталей. Надішліть його ще раз, якщо маєте повний.
note-other-pages =
    { $count ->
        [one] У файлі є ще { $count } сторінка або зображення, яких я не чіпав. Надішліть їх окремо.
        [few] У файлі є ще { $count } сторінки або зображення, яких я не чіпав. Надішліть їх по одному.
        [many] У файлі є ще { $count } сторінок або зображень, яких я не чіпав. Надішліть їх по одному.
       *[other] У файлі є ще { $count } сторінки або зображення, яких я не чіпав. Надішліть їх по одному.
    }
offer-upright =
    { $rotation ->
        [180] Це фото догори дриґом. Повернути?
       *[other] Це фото лежить на боці. Повернути?
    }
quota-left =
    { $left ->
        [0] На сьогодні фото більше немає. Знову { $limit } через { $renews_in }.
       *[other] Сьогодні у вас залишилося { $left } з { $limit }. Поновиться через { $renews_in }.
    }

## Plans

quota-none = Безкоштовні фото тут вимкнено.
plan-has = У вас є { $plan } ще на { $time }.
plan-has-endless = У вас є { $plan }.
plan-photos-left =
    { $count ->
        [one] У вас залишилося { $count } куплене фото.
        [few] У вас залишилося { $count } куплені фото.
        [many] У вас залишилося { $count } куплених фото.
       *[other] У вас залишилося { $count } купленого фото.
    }
offers-free =
    { $free ->
        [one] { $free } фото на день безкоштовне для всіх.
        [few] { $free } фото на день безкоштовні для всіх.
        [many] { $free } фото на день безкоштовні для всіх.
       *[other] { $free } фото на день безкоштовні для всіх.
    }
offers-intro = З планом ви можете відновити більше фото, і ваші йдуть першими:
offers-none = Тут нічого не продається.
offers-code = Маєте код? Надішліть /unlock і код.
more-with-premium = Чекати не обов’язково: /premium показує, як отримати більше фото.
offer-subscription = { $plan }: { $price } зірок кожні { $count } днів, доки не скасуєте
offer-days =
    { $count ->
        [one] { $plan }: { $count } день за { $price } зірок
        [few] { $plan }: { $count } дні за { $price } зірок
        [many] { $plan }: { $count } днів за { $price } зірок
       *[other] { $plan }: { $count } дня за { $price } зірок
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } фото за { $price } зірок
       *[other] { $plan }: { $count } фото за { $price } зірок
    }
offer-instead = (замість { $full })
unlock-howto = Напишіть код після команди: /unlock КОД
code-discount = Код правильний: наступна покупка на { $percent } % дешевша. /premium показує ціни.
code-unlocked-photos =
    { $count ->
        [one] Код правильний: у вас ще { $count } фото ({ $plan }).
       *[other] Код правильний: у вас ще { $count } фото ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] Код правильний: { $plan } діє ще { $count } день.
        [few] Код правильний: { $plan } діє ще { $count } дні.
        [many] Код правильний: { $plan } діє ще { $count } днів.
       *[other] Код правильний: { $plan } діє ще { $count } дня.
    }

## Commands

help =
    Надішліть мені фото, і я відновлю його: кожне обличчя, а також подряпини, пил, зерно й вицвілий контраст там, де вони є. На справному фото змінюються лише обличчя.
    Старі, розмиті, подряпані й вицвілі фото підходять. Найкраще виходять портрети; на груповому фото кожне обличчя відновлюється окремо.
    Дуже малі обличчя лишаються як є. Відновлене обличчя – добрий здогад, а не документ: дрібні риси могли бути іншими.
    Фото видаляються через { $hours } год.
help-commands =
    /restore – відновити фото
    /quota – що лишилося на сьогодні
    /premium – більше фото
    /unlock – використати код
    /settings – мова, сила, розмір
    /cancel – скасувати фото в черзі
    /privacy – що зберігається і як довго
    /deletemydata – видалити ваші фото й налаштування
    /help – цей текст
restore-howto = Надішліть фото, і я відновлю його.
unknown-command = Я не знаю { $command }. Спробуйте /help.
cancelled = Скасовано. Це нічого вам не коштувало.
forget-sure = Видалити ваші фото й налаштування зараз? Фото в черзі буде скасовано. Фото, надіслані сьогодні, усе одно враховуються.
forget-done = Готово. Ваші фото й налаштування видалено.
legal-privacy-whole = Політика конфіденційності повністю: { $url }
legal-terms = Надсилайте лише ті фото, які вам можна використовувати. Відновлене обличчя почасти є здогадкою нейромережі й може відрізнятися від людини. Фото, яке не вдалося відновити, нічого не коштує; більше нічого не обіцяємо.
legal-terms-whole = Умови повністю: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Поверніть старим фото обличчя
playground-lead = Надішліть старе, розмите або пошкоджене фото. Буде відновлено обличчя, а також подряпини, зерно й вицвітання, якщо вони є; більше нічого не зміниться.
playground-drop = Перетягніть, вставте або виберіть фото
playground-drop-hint = До { NUMBER($limit_mb) } МБ. Фото лишаються на цьому сервері й видаляються через { $hours } год.
playground-drop-here = Відпустіть, щоб надіслати фото
playground-sample = Спробувати на зразку
playground-add-photo = Додати фото
playground-message = Повідомлення
playground-message-hint = Питання? /help
playground-send = Надіслати
playground-chat = Чат
playground-needs-script = Для цієї сторінки потрібен JavaScript.
playground-privacy = Я зберігаю ваші фото { $hours } год для ваших кнопок, а потім видаляю. Я зберігаю випадковий номер (у файлі cookie цього браузера), час ваших фото і що з ними сталося, щоб рахувати квоту; ваш вибір у /settings; і те, що ви купили або активували. Ніхто не дивиться на ваші фото, і ні на чому з них не навчають. /deletemydata одразу видаляє ваші фото, налаштування і все, що я знаю про ваші фото. Номер видаляється, щойно він більше ні для чого не потрібен: сьогоднішній лічильник, план, чинний код або блокування. Платежі зберігаються для обліку, без номера.
playground-privacy-link = Приватність
playground-terms-link = Умови
playground-legal-english = Цей текст англійською.
playground-you = Ви
playground-bot = Magic Memory
playground-your-photo = Ваше фото
playground-sending = Надсилаю ваше фото…
playground-progress = Перебіг
playground-cancel = Скасувати
playground-before = До
playground-after = Після
playground-before-alt = Фото, яким ви його надіслали
playground-after-alt = Відновлене фото
playground-compare = Межа між «до» і «після»
playground-download = Завантажити
playground-show-faces = Показати обличчя
playground-show-damage = Показати пошкодження
playground-damage-alt = Що я вважав пошкодженням
playground-faces = Обличчя
playground-face-restored = Обличчя { $number }: { $width } × { $height } пікселів, відновлено
playground-face-less-alike = Обличчя { $number }: { $width } × { $height } пікселів, відновлено, але придивіться: воно може бути менш схожим на оригінал
playground-face-too-small = Обличчя { $number }: { $width } × { $height } пікселів, замале для відновлення
playground-face-left-alone = Обличчя { $number }: { $width } × { $height } пікселів, лишилося як було
playground-gentler = М’якше
playground-stronger = Сильніше
playground-scope-photo = Усе фото
playground-scope-faces = Лише обличчя
playground-undo-repair = Без ремонту
playground-restore-whole = Відновити все фото
playground-closer = Не зовсім схоже?
playground-asked-chosen = Те саме фото з вибраними обличчями
playground-hold = Утримуйте, щоб бачити оригінал
playground-large-view = Великий вигляд
playground-close = Закрити
playground-zoom-in = Збільшити
playground-zoom-out = Зменшити
playground-copy = Копіювати
playground-copied = Скопійовано. Тепер можна вставити.
playground-not-copied = Цей браузер не дає мені копіювати. Краще завантажте фото.
playground-share = Поділитися…
playground-share-both = До і після, щоб поділитися
playground-share-clip = Кліп
playground-share-card = Зображення
playground-download-all = Завантажити все одним файлом
playground-download-cards = Завантажити картки облич
playground-saved = Збережено.
playground-erase = Видалити все
playground-asked-faces = Те саме фото, лише обличчя, відновлено на { $percent } %
playground-asked-photo = Усе фото відремонтовано й очищено, обличчя відновлено на { $percent } %
playground-asked-auto = Те саме фото, відновлено на { $percent } %
playground-asked-undo-repair = Те саме фото без ремонту, обличчя відновлено на { $percent } %
playground-asked-print = Те саме фото для відбитка { $size }
playground-file-name = { $name } відновлено
playground-file-name-plain = Відновлене фото
playground-file-name-face = { $name }, обличчя { $number } (ряд { $row }, номер { $place })
playground-offline = Зв’язок зник. Пробую далі…
playground-online = Зв’язок відновлено.
playground-not-sent = Це не надіслано: немає зв’язку.
playground-try-again = Спробувати ще раз
playground-expired = Цього фото в мене вже немає.
playground-error-bad-request = Я не можу прочитати цей запит.
playground-error-bad-options = Ці параметри не можна використати.
playground-error-host = Сторінка не відповідає за цією адресою. Її власник може дозволити її через MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = Сторінка не відповідає іншим сайтам. Її власник може дозволити сайт через MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Тут нічого немає.
playground-error-login = Спершу ввійдіть, будь ласка.
playground-error-too-fast = Надто швидко. Зачекайте хвильку.

## Telegram

telegram-about = Приблизно { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Отримав ваші фото: { $count }. Вони наступні.
       *[other] Отримав ваші фото: { $count }. Перед ними ще { $ahead } фото.
    }
telegram-album-progress = Відновлюю: готово { $done } з { $count } фото…
telegram-album-refused =
    { $count ->
        [one] { $count } фото з цього альбому не відновлено.
       *[other] { $count } фото з цього альбому не відновлено.
    }
telegram-album-line = Фото { $number }: { $text }
telegram-album-pick = Виберіть фото, щоб зробити більше:
telegram-adjusted = Ця зміна була безкоштовною.
telegram-ready = Ваше фото готове.
telegram-coming = Зараз надішлю…
telegram-on-it = Уже роблю…
telegram-done-already = Це я вже зробив.
telegram-not-yours = Цими кнопками може користуватися лише той, хто просив.
telegram-full-quality = Повна якість, файлом.
telegram-deleted = Видалено.
telegram-too-old-to-delete = У себе я фото видалив. Telegram дозволяє мені прибирати свої повідомлення лише два дні: приберіть це, будь ласка, самі.
telegram-file-name = vidnovlene
telegram-start =
    Я повертаю старим і пошкодженим фото їхні обличчя. Надішліть мені фото, і я відповім відновленим.
    { $free ->
        [0] Більше – у /help.
        [one] { $free } фото на день безкоштовне. Більше – у /help.
       *[other] { $free } фото на день безкоштовні. Більше – у /help.
    }
telegram-howto = Надішліть мені фото або дайте відповідь на нього командою /restore.
telegram-howto-group = Дайте відповідь на фото командою /restore або підпишіть нею фото, яке надсилаєте.
telegram-guest = Як гість у цьому чаті я не можу надсилати фото. Додайте мене до цього чату або надішліть фото в наш особистий чат.
telegram-text = Надішліть мені фото, і я відновлю його. Більше – у /help.
telegram-not-for-us = Я вмію відновлювати лише фото. Надішліть його, будь ласка, як фото або як файл.
telegram-help =
    Як це працює? Нейромережа малює кожне обличчя наново з того, що від нього лишилося, а я вписую його у ваше фото.
    Чи змінює це людину? Трохи: що гірше фото, то більше здогаду. «М’якше» зберігає більше оригіналу.
    Групові фото? Так, кожне достатньо велике обличчя.
    Дуже малі обличчя? Їх я не чіпаю; допоможе більший скан.
    Чого я не вмію? Великі розриви й утрачені частини лишаються, а чорно-біле лишається чорно-білим. «Без ремонту» та «Лише обличчя» скасовують те, що я зробив поза обличчями.
    Найкраща якість: надішліть фото файлом. У групі: дайте відповідь на фото командою /restore.
telegram-privacy = Я зберігаю ваші фото { $hours } год для ваших кнопок, а потім видаляю. Я зберігаю номер вашого облікового запису, час ваших фото і що з ними сталося, щоб рахувати квоту; ваш вибір у /settings; і те, що ви купили або активували. Ніхто не дивиться на ваші фото, і ні на чому з них не навчають. /deletemydata одразу видаляє ваші фото, налаштування і все, що я знаю про ваші фото. Номер видаляється, щойно він більше ні для чого не потрібен: сьогоднішній лічильник, план, чинний код або блокування. Платежі зберігаються для обліку без номера.
telegram-delete-kept = Нічого не видалено.
telegram-premium-group = Що ви маєте і що можна купити, я покажу в нашому особистому чаті.
telegram-terms = Умови продажу: { $url }
telegram-terms-none = У цього бота можна купити час або фото, лише для вашого облікового запису. Нічого не поновлюється, якщо так не сказано в пропозиції, і поновлення можна скасувати будь-коли. Із питаннями та поверненнями допоможе /paysupport.
telegram-receipt = Дякую! Ваш платіж на { $amount } зірок надійшов. Питання щодо нього: /paysupport
telegram-receipt-subscription = Він поновлюється сам. Скасувати можна в налаштуваннях Telegram, у розділі «Мої зірки».
telegram-not-credited = Ваш платіж на { $amount } зірок надійшов, але я не зміг його зарахувати. Власник бота це бачить: напишіть йому, див. /paysupport. Номер платежу: { $charge }
telegram-refunded = Ваш платіж на { $amount } зірок повернено, і те, що ви за нього отримали, закінчилося.
telegram-paysupport = Про платежі пишіть на { $contact }, із номером платежу. Підтримка самого Telegram тут не допоможе.
telegram-paysupport-nobody = Про платежі пишіть власникові бота, із номером платежу. Підтримка самого Telegram тут не допоможе.
telegram-paysupport-payment = { $date }, { $amount } зірок, номер { $charge }
settings-title = Ваші налаштування, для всіх ваших фото:
telegram-setting-language = Мова: { $value }
telegram-setting-strength = Сила: { $value }
telegram-setting-fidelity = Вірність: { $value }
telegram-setting-upscale = Розмір: { $value }
telegram-setting-scope = Відновлювати: { $value }
telegram-setting-reply-as-file = Відповідь: { $value }
telegram-setting-model = Модель: { $value }
setting-about-language = Якою мовою мені говорити?
setting-about-strength = Наскільки сильно відновлювати обличчя? Менша сила зберігає більше оригіналу.
setting-about-fidelity = Яскраві обличчя чіткіші; вірні ближчі до оригіналу.
setting-about-upscale = Зробити фото більшим?
setting-about-scope = Що мені відновлювати? Автоматично я відновлюю обличчя, а решту – за потреби: нічого, якщо фото справне. «Усе фото» ремонтує й очищає кожне фото.
setting-about-reply-as-file = Відповідати фото чи файлом у повній якості?
setting-about-model = Яка модель має відновлювати ваші фото?
setting-value-auto = автоматично
setting-value-strength-50 = наполовину
setting-value-strength-75 = м’яко
setting-value-strength-100 = повністю
setting-value-fidelity-0 = яскраво
setting-value-fidelity-50 = збалансовано
setting-value-fidelity-100 = вірно
setting-value-upscale-1 = як є
setting-value-upscale-2 = удвічі
setting-value-upscale-4 = учетверо
setting-value-scope-faces = лише обличчя
setting-value-scope-photo = усе фото
setting-value-reply-as-file-no = фото
setting-value-reply-as-file-yes = файл
telegram-group-settings = Налаштування цієї групи, для її адміністраторів. Для власних фото всюди надішліть мені /settings у нашому особистому чаті.
telegram-group-language = Мова: { $value }
telegram-group-scope = Відновлювати: { $value }
telegram-group-who = Хто може просити: { $value }
telegram-group-photos-per-day = Фото на день: { $value }
telegram-group-results = Результати: { $value }
telegram-group-about-language = Якою мовою відповідати тим, хто мови не вибрав?
telegram-group-about-scope = Що відновлювати на фото цієї групи, якщо ніхто не скаже інакше?
telegram-group-about-who = Чиї фото тут можна відновлювати?
telegram-group-about-photos-per-day = Скільки фото на день може відновити вся група?
telegram-group-about-results = Куди надсилати відновлені фото?
telegram-group-value-scope-own = як хоче кожен
telegram-group-value-who-everybody = усі
telegram-group-value-who-administrators = адміністратори
telegram-group-value-photos-per-day-0 = без обмежень
telegram-group-value-results-asked = туди, де просять
telegram-group-value-results-here = у цю тему
telegram-not-administrator = Цими кнопками можуть користуватися лише адміністратори групи.
telegram-results-elsewhere = Відновлене фото прийде в тему цієї групи для результатів.
telegram-button-file = 📄 Повна якість
telegram-button-compare = ↔️ До/після
telegram-button-closer = 🤔 Не зовсім схоже?
telegram-button-gentler = ➖ М’якше
telegram-button-stronger = ➕ Сильніше
telegram-button-vivid = ✨ Яскравіше
telegram-button-faithful = 🎯 Вірніше
telegram-button-photo = 🖼️ Усе фото
telegram-button-faces = 🙂 Лише обличчя
telegram-button-undo-repair = ↩️ Без ремонту
telegram-button-whole = 🖼️ Відновити все фото
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Назад
telegram-button-delete = 🗑️ Видалити
telegram-button-delete-photo = 🗑️ Так, видалити
telegram-button-private-chat = Наш особистий чат
telegram-button-offers = ⭐ Показати
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Підписатися за { $price }
telegram-button-delete-yes = Видалити все
telegram-button-delete-no = Залишити
telegram-command-restore = Відновити фото
telegram-command-quota = Що лишилося на сьогодні
telegram-command-settings = Мова, сила, розмір
telegram-command-cancel = Скасувати фото в черзі
telegram-command-premium = Більше фото
telegram-command-unlock = Використати код
telegram-command-help = Як це працює і чого не вміє
telegram-command-privacy = Що зберігається і як довго
telegram-command-deletemydata = Видалити ваші фото й налаштування
telegram-command-paysupport = Допомога з платежем
telegram-command-terms = Умови продажу

## Errors. None of them costs quota.

error-file-too-large = Файл завеликий: межа { NUMBER($limit_mb) } МБ.
error-photo-too-large = У цьому фото { NUMBER($megapixels) } мегапікселів; межа { NUMBER($limit_megapixels) }. Надішліть меншу копію.
error-photo-unreadable = Не можу прочитати це зображення; файл, схоже, пошкоджений. Надішліть його як JPEG або PNG.
error-photo-truncated = Файл закінчується зарано; схоже, його скопійовано не до кінця. Надішліть його ще раз.
error-photo-animated = Це анімація або відео. Надішліть нерухоме фото.
error-not-a-photo = Це не фото. Надішліть зображення, наприклад JPEG або PNG.
error-kind-unsupported = Це файл { $kind }, якого я не вмію читати. Збережіть його як JPEG або PNG і надішліть.
error-archive-sent = Це архів ({ $kind }). Розпакуйте його й надішліть мені фото з нього.
error-pdf-without-scan = У цьому PDF текст, а не скан фото. Надішліть саме фото як JPEG або PNG.
error-pdf-locked = Цей PDF захищено паролем. Надішліть саме фото як JPEG або PNG.
error-preview-missing = Це raw-файл камери без зображення, яке я міг би прочитати. Збережіть його як JPEG і надішліть.
error-page-missing = У цьому файлі немає сторінки { $page }; усього їх { $pages }.
error-no-face-found = Я не знайшов обличчя на цьому фото. Це нічого вам не коштувало. Найкраще обличчя видно, коли видно обидва ока; часто допомагає скан із меншими відблисками й пилом.
error-nothing-to-restore = Я не знайшов обличчя на цьому фото. Нічого іншого на ньому ремонтувати не треба, тож воно лишається як є. Це нічого вам не коштувало.
error-face-number-unknown = На цьому фото немає обличчя з номером { $number }; я знайшов { $count }. Це нічого вам не коштувало.
error-faces-too-small =
    { $count ->
        [one] Обличчя на цьому фото замале для відновлення (менше { $limit_px } пікселів).
       *[other] Обличчя на цьому фото замалі для відновлення (менше { $limit_px } пікселів).
    } Це нічого вам не коштувало. Часто допомагає більший скан.
error-quota-used-up =
    { $limit ->
        [0] Безкоштовне відновлення тут вимкнено.
        [one] Сьогоднішнє безкоштовне фото використано. Наступне – через { $renews_in }.
       *[other] Сьогоднішні безкоштовні фото ({ $limit }) використано. Наступні – через { $renews_in }.
    }
error-queue-full =
    У черзі стільки фото, що зараз я не можу взяти ще одне. Спробуйте приблизно через { $minutes ->
        [one] { $minutes } хвилину
        [few] { $minutes } хвилини
        [many] { $minutes } хвилин
       *[other] { $minutes } хвилини
    }. Це нічого вам не коштувало.
error-fair-use-reached = Сьогодні ви відновили { $limit } фото – це денна межа вашого плану. Наступні – через { $renews_in }.
error-size-not-in-plan = Збільшення фото у { $upscale } рази не входить до вашого плану. /premium показує плани.
error-print-size-unusable = Відбиток такого розміру я підготувати не можу. Напишіть розмір, наприклад 13x18cm або 5x7in, сторони від 3 до 150 см. Це нічого вам не коштувало.
error-model-not-in-plan = Модель «{ $model }» не входить до вашого плану. /premium показує плани.
error-too-many-at-once =
    { $limit ->
        [one] Я ще працюю над вашим останнім фото. Зачекайте, доки воно буде готове. Це нічого вам не коштувало.
       *[other] Я ще працюю над вашими фото ({ $limit }). Зачекайте, доки одне з них буде готове. Це нічого вам не коштувало.
    }
error-code-unknown = Я не знаю такого коду. Перевірте його.
error-code-mistyped = У коді помилка: щонайменше один знак неправильний. Перевірте його.
error-code-expired = Термін дії цього коду минув.
error-code-used-up = Цей код уже використано стільки разів, скільки можна.
error-code-redeemed = Ви вже використали цей код.
error-code-revoked = Цей код більше не чинний.
error-code-elsewhere = Цей код дає знижку на те, що продається в Telegram. Використайте його там: він іще чинний.
error-too-many-failures = Останнім часом не вдалося забагато фото. Спробуйте через { $wait_in }. Це нічого вам не коштувало.
error-network-quota-used-up = Сьогоднішні безкоштовні фото вашої мережі ({ NUMBER($limit) }) використано. Наступні – через { $renews_in }.
error-group-quota-used-up = Сьогоднішні фото для всіх тут ({ NUMBER($limit) }) використано. Наступні – через { $renews_in }. Ви також можете надіслати мені фото в особистому чаті.
error-only-administrators = Відновлювати фото тут можуть лише адміністратори. Ви можете надіслати мені фото в особистому чаті.
error-too-many-guesses = Забагато неправильних кодів. Спробуйте через { $wait_in }.
error-offer-gone = Ця пропозиція змінилася. Нічого не сплачено. Подивіться ще раз /premium.
error-banned = Ви не можете користуватися цим ботом.
error-photo-expired = Цього фото в мене вже немає. Надішліть його ще раз.
error-nothing-to-cancel = У вас немає фото в черзі.
error-too-many-adjustments =
    { $limit ->
        [one] Змінити фото можна один раз, протягом { $minutes } хв після отримання.
       *[other] Змінити фото можна стільки разів: { $limit }, протягом { $minutes } хв після отримання.
    }
error-model-unknown = Немає моделі з назвою «{ $model }». Є такі моделі: { $known }.
error-model-not-installed = Модель «{ $model }» тут не встановлено.
error-model-not-allowed = Модель «{ $model }» тут використовувати не можна.
error-model-broken = Модель «{ $model }» зараз використати не можна. Це нічого вам не коштувало.
error-fidelity-unsupported = Модель «{ $model }» не має повзунка вірності.
error-cancelled = Скасовано. Це нічого вам не коштувало.
error-photos-forbidden = У цьому чаті мені не можна надсилати ні фото, ні файли. Адміністратор може дозволити це в правах чату. Це нічого вам не коштувало.
error-writing-forbidden = У чаті, де ви просили відновити фото, мені не можна писати. Адміністратор може це дозволити. Це нічого вам не коштувало; ви також можете надіслати мені фото сюди.
error-internal-error = Вибачте, щось пішло не так з нашого боку. Це нічого вам не коштувало. Спробуйте ще раз.

## Discord

discord-menu-restore = Відновити обличчя
discord-name-restore = відновити
discord-name-quota = залишок
discord-name-settings = налаштування
discord-name-cancel = скасувати
discord-name-premium = преміум
discord-name-unlock = код-активувати
discord-name-privacy = приватність
discord-name-terms = умови
discord-name-erase = видалити-мої-дані
discord-name-help = довідка
discord-name-photo = фото
discord-name-model = модель
discord-name-strength = сила
discord-name-fidelity = точність
discord-name-upscale = збільшення
discord-name-scope = обсяг
discord-name-private = приватно
discord-name-language = мова
discord-name-code = код
discord-name-server = налаштування-сервера
discord-name-who = хто
discord-name-per-day = фото-на-день
discord-name-results = результати
discord-name-where-asked = де-просили
discord-about-restore = Відновити фото
discord-about-quota = Що лишилося на сьогодні
discord-about-settings = Переглянути або змінити, як відновлюються ваші фото
discord-about-cancel = Скасувати фото в черзі
discord-about-premium = Більше фото
discord-about-unlock = Використати код
discord-about-privacy = Що зберігається і як довго
discord-about-terms = Що можна надсилати і що обіцяно
discord-about-erase = Видалити ваші фото й налаштування
discord-about-help = Як це працює і чого не вміє
discord-about-photo = Фото
discord-about-model = Модель, яка відновлює; auto бере найкращу
discord-about-strength = У відсотках: 100 показує відновлені обличчя, менше зберігає більше оригіналу
discord-about-fidelity = У відсотках: 0 – виразно, 100 – точно; це має не кожна модель
discord-about-upscale = Збільшити фото у стільки разів
discord-about-scope = Автоматично: що потрібно фото; або лише обличчя; або завжди все фото
discord-about-private = Відповідь бачите лише ви
discord-about-language = Мова, якою я вам відповідаю
discord-about-code = Код
discord-about-server = Для адміністраторів: переглянути або змінити, що діє для всіх на цьому сервері
discord-about-server-language = Якою мовою відповідати тим, хто мови не вибрав?
discord-about-server-scope = Що відновлювати на фото цієї групи, якщо ніхто не скаже інакше?
discord-about-who = Чиї фото тут можна відновлювати?
discord-about-per-day = Фото на день для всього сервера; 0: без обмежень
discord-about-results = Канал, куди надсилати відновлені фото
discord-about-where-asked = Знову надсилати відновлені фото туди, де просять
discord-gentler = М’якше
discord-stronger = Сильніше
discord-closer = Не зовсім схоже?
discord-full-quality = Повна якість
discord-share = До/після
discord-whole-photo = Усе фото
discord-faces-only = Лише обличчя
discord-undo-repair = Без ремонту
discord-restore-whole = Відновити все фото
discord-another-model = Інша модель
discord-delete = Видалити
discord-alt-after = Відновлене фото
discord-alt-before = Фото, яким його надіслали
discord-made-smaller = Зображення зменшено, щоб воно вмістилося в { $limit_mb } МБ, дозволені тут.
discord-full-quality-here = Відновлене фото у повній якості.
discord-too-large-here = Повний файл більший за { $limit_mb } МБ, дозволені тут. Це найкраща версія, яка вміщується.
discord-not-yours = Кнопками цього фото може користуватися лише той, хто його попросив.
discord-permission-missing = Мені тут бракує дозволу: «{ $permission }». Попросіть тих, хто керує цим сервером, надати його мені.
discord-permission-attach-files = Прикріплення файлів
discord-permission-send-messages = Надсилання повідомлень
discord-automatic = автоматично
discord-scope-auto = автоматично
discord-scope-faces = лише обличчя
discord-scope-photo = усе фото
discord-scope-own = як хоче кожен
discord-who-everybody = усі
discord-who-administrators = адміністратори
discord-no-limit = без обмежень
discord-where-asked = туди, де просять
discord-results-elsewhere = Відновлене фото з’явиться в { $channel }.
discord-server-settings =
    Налаштування цього сервера, для всіх, хто тут просить:
    Мова: { $spoken }
    Відновлювати: { $scope }
    Хто може просити: { $who }
    Фото на день: { $limit }
    Результати: { $channel }
discord-settings =
    Ваші налаштування, для всіх ваших фото:
    Модель: { $model }
    Сила: { $strength }
    Вірність: { $fidelity }
    Розмір: × { $upscale }
    Відновлювати: { $scope }
    Мова: { $spoken }
discord-help-more = Ви також можете надіслати мені фото в особистому повідомленні, згадати мене з фото або вибрати «Застосунки» в меню повідомлення.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] скільки завгодно фото
        [one] { $photos } фото на день
        [few] { $photos } фото на день
        [many] { $photos } фото на день
       *[other] { $photos } фото на день
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } фото
        [few] { $plan }: { $count } фото
        [many] { $plan }: { $count } фото
       *[other] { $plan }: { $count } фото
    }
discord-offers-note = Discord показує ціни нижче й приймає оплату. Те, що він тут продає, діє для вашого облікового запису на кожному сервері.
discord-privacy = Я зберігаю ваші фото { $hours } год для ваших кнопок, а потім видаляю. Я зберігаю номер вашого облікового запису, час ваших фото і що з ними сталося, щоб рахувати квоту; ваш вибір у /налаштування; і те, що ви купили або активували. Ніхто не дивиться на ваші фото, і ні на чому з них не навчають. /видалити-мої-дані одразу видаляє ваші фото, налаштування і все, що я знаю про ваші фото. Номер видаляється, щойно він більше ні для чого не потрібен: сьогоднішній лічильник, план, чинний код або блокування. Платежі зберігаються для обліку без номера.
discord-erase-yes = Видалити все
