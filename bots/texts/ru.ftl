### Всё, что может прочитать человек, по-русски. Ключи одни и те же во всех языках.

## The language

language-name = Русский

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } секунду
        [few] { $count } секунды
       *[other] { $count } секунд
    }
duration-minutes =
    { $count ->
        [one] { $count } минуту
        [few] { $count } минуты
       *[other] { $count } минут
    }
duration-hours =
    { $count ->
        [one] { $count } час
        [few] { $count } часа
       *[other] { $count } часов
    }
duration-days =
    { $count ->
        [one] { $count } день
        [few] { $count } дня
       *[other] { $count } дней
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Получил. Ваше фото следующее.
       *[other] Получил. Фото перед вашим: { $ahead }.
    }
progress-decode = Открываю фото…
progress-repair = Исправляю фото…
progress-detect = Ищу лица…
progress-clean = Очищаю всё фото…
progress-restore =
    { $faces ->
        [1] Нашёл одно лицо. Восстанавливаю…
        [one] Нашёл { $faces } лицо. Готово: { $done }…
        [few] Нашёл { $faces } лица. Готово: { $done }…
       *[other] Нашёл { $faces } лиц. Готово: { $done }…
    }
progress-blend = Собираю всё вместе…
progress-encode = Почти готово…

## The reply

reply-restored =
    { $count ->
        [1] Одно лицо восстановлено.
        [one] Восстановлено { $count } лицо.
        [few] Восстановлено { $count } лица.
       *[other] Восстановлено { $count } лиц.
    }
reply-too-small =
    { $count ->
        [1] Одно лицо слишком маленькое.
       *[other] Слишком маленьких лиц: { $count }.
    }
reply-too-many = Лиц много: восстановлены самые крупные, без изменений осталось: { $count }.
reply-cleaned = всё фото очищено
reply-cleaned-grain = зерно убрано
reply-cleaned-halftone = растр печати убран
reply-cleaned-jpeg = следы сжатия убраны
reply-repaired = царапины и пыль убраны
reply-repaired-scratches = царапины убраны
reply-repaired-dust = пыль убрана
reply-toned = контраст возвращён
reply-no-face = Лиц на нём я не нашёл.
reply-remembered = Я запомню это для ваших следующих фото; изменить можно в /settings.
share-ready = До и после — чтобы поделиться.
faces-button = Выбрать лица
print-button = Для печати
print-choose = Какого размера нужен отпечаток?
print-sharp = При размере { $size } у отпечатка { $dpi } точек на дюйм. Резким фото печатается до { $sharp }.
print-soft = При размере { $size } у отпечатка { $dpi } точек на дюйм, и он выглядит мягким. Резким фото печатается до { $sharp }.
faces-choose = Нажмите номер лица, чтобы изменить, что с ним будет: ✓ восстановить, ½ мягко, – не трогать. Затем нажмите «Восстановить».
faces-restore = Восстановить
faces-cards = Карточки лиц
faces-none = Выберите хотя бы одно лицо.
face-card = Лицо { $number }: ряд { $row }, номер { $place } слева.
reminder-button = Сообщить, когда будет можно
reminder-set = Утром, когда бесплатное фото снова появится, я сообщу вам.
reminder = Бесплатное фото снова доступно. Присылайте следующее, когда захотите.
reply-incomplete = Лица, обрезанные в файле, остались без изменений: { $count }.
reply-held = Лица, оставленные ближе к оригиналу, чтобы сохранить сходство: { $count }.
note-tone-mapped = У фото был расширенный динамический диапазон; я привёл его к обычному экрану.
note-gain-map = Дополнительная яркость для HDR-экранов убрана.
note-preview = Это RAW-файл камеры: восстановлено изображение, которое камера в него вложила.
note-incomplete = Файл обрывается раньше времени: не хватает { $count } % фото. Пришлите его ещё раз, если оно есть целиком.
note-coarse = Файл обрывается раньше времени, и фото не хватает мелких деталей. Пришлите его ещё раз, если оно есть целиком.
note-other-pages = В файле есть и другие страницы или снимки, они остались без изменений: { $count }. Пришлите их, пожалуйста, по одному.
offer-upright =
    { $rotation ->
        [180] Это фото перевёрнуто. Повернуть?
       *[other] Это фото лежит на боку. Повернуть?
    }
quota-left =
    { $left ->
        [0] На сегодня всё. Снова { $limit } будет через { $renews_in }.
       *[other] Осталось на сегодня: { $left } из { $limit }. Обновится через { $renews_in }.
    }

## Тарифы

quota-none = Бесплатных фото здесь нет.
plan-has = Ваш тариф { $plan } действует ещё { $time }.
plan-has-endless = Ваш тариф: { $plan }.
plan-photos-left =
    { $count ->
        [one] Осталось { $count } купленное фото.
        [few] Осталось { $count } купленных фото.
       *[other] Осталось { $count } купленных фото.
    }
offers-free =
    { $free ->
        [1] Одно фото в день для всех бесплатно.
       *[other] Бесплатно для всех: { $free } фото в день.
    }
offers-intro = С тарифом можно восстановить больше фото, и ваши идут первыми:
offers-none = Здесь ничего не продаётся.
offers-code = Есть код? Пришлите /unlock и код.
more-with-premium = Можно не ждать: /premium покажет, как получить больше.
offer-subscription = { $plan }: { $price } Stars каждые { $count } дней, пока вы не отмените
offer-days =
    { $count ->
        [one] { $plan }: { $count } день за { $price } Stars
        [few] { $plan }: { $count } дня за { $price } Stars
       *[other] { $plan }: { $count } дней за { $price } Stars
    }
offer-photos = { $plan }: { $count } фото за { $price } Stars
offer-instead = (вместо { $full })
unlock-howto = Напишите код после команды: /unlock КОД
code-discount = Код принят: следующая покупка будет дешевле на { $percent } %. Цены покажет /premium.
code-unlocked-photos = Код принят: у вас на { $count } фото больше ({ $plan }).
code-unlocked-days =
    { $count ->
        [one] Код принят: { $plan } на { $count } день больше.
        [few] Код принят: { $plan } на { $count } дня больше.
       *[other] Код принят: { $plan } на { $count } дней больше.
    }

## Commands

help =
    Пришлите фото, и я восстановлю его: каждое лицо, а если есть — царапины, пыль, зерно и выцветший контраст. На целом фото меняются только лица.
    Старое, размытое, поцарапанное или выцветшее: лучше всего получаются портреты, групповые фото тоже, лицо за лицом.
    Очень маленькие лица остаются как есть. Восстановленное лицо — хорошая догадка, а не документ: детали могли быть другими.
    Фото удаляются через { $hours } ч.
help-commands =
    /restore – восстановить фото
    /quota – сколько осталось сегодня
    /premium – больше фото
    /unlock – ввести код
    /settings – язык, сила, размер
    /cancel – отменить фото в очереди
    /privacy – что и как долго хранится
    /deletemydata – удалить ваши фото и настройки
    /help – этот текст
restore-howto = Пришлите фото, и я восстановлю его.
unknown-command = Я не знаю команды { $command }. Попробуйте /help.
cancelled = Отменено. Это ничего вам не стоило.
forget-sure = Удалить ваши фото и настройки? Фото в очереди будут отменены. Отправленные сегодня фото останутся в счёте.
forget-done = Готово. Ваши фото и настройки удалены.
legal-privacy-whole = Политика конфиденциальности целиком: { $url }
legal-terms = Присылайте только те фото, которые вам можно использовать. Восстановленное лицо — отчасти догадка нейросети и может отличаться от человека. Фото, которое не удалось восстановить, ничего не стоит; больше ничего не обещаем.
legal-terms-whole = Условия целиком: { $url }

## Telegram

telegram-about = Это займёт примерно { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Получил ваши фото ({ $count }). Они следующие.
       *[other] Получил ваши фото ({ $count }). Фото перед ними: { $ahead }.
    }
telegram-album-progress = Восстанавливаю: готово { $done } из { $count }…
telegram-album-refused =
    { $count ->
        [1] Одно фото из альбома не восстановлено.
       *[other] Не восстановлено фото из альбома: { $count }.
    }
telegram-album-line = Фото { $number }: { $text }
telegram-album-pick = Выберите фото, чтобы сделать больше:
telegram-adjusted = Эта настройка бесплатна.
telegram-ready = Ваше фото готово.
telegram-coming = Сейчас пришлю…
telegram-on-it = Уже делаю…
telegram-done-already = Это я уже сделал.
telegram-not-yours = Этими кнопками может пользоваться только тот, кто попросил.
telegram-full-quality = Полное качество, файлом.
telegram-deleted = Удалено.
telegram-too-old-to-delete = У себя я фото удалил. Telegram разрешает мне удалять свои сообщения только два дня: пожалуйста, удалите это сами.
telegram-file-name = restored
telegram-start =
    Я возвращаю лица старым и повреждённым фотографиям. Пришлите фото, и я отвечу восстановленным.
    { $free ->
        [0] Подробнее: /help
        [1] Одно фото в день бесплатно. Подробнее: /help
       *[other] { $free } фото в день бесплатно. Подробнее: /help
    }
telegram-howto = Пришлите фото или ответьте на фото командой /restore.
telegram-howto-group = Ответьте на фото командой /restore или подпишите ею фото, которое отправляете.
telegram-guest = Как гость в этом чате я не могу отправлять фото. Добавьте меня в этот чат или пришлите мне фото в нашем личном чате.
telegram-text = Пришлите фото, и я восстановлю его. Подробнее: /help
telegram-not-for-us = Я умею восстанавливать только фото. Пришлите фото или файл с ним.
telegram-help =
    Как это работает? Нейросеть рисует каждое лицо заново по тому, что от него осталось, а я вставляю его в ваше фото.
    Меняется ли внешность? Немного: чем хуже фото, тем больше догадок. «Мягче» сохраняет больше от оригинала.
    Групповые фото? Да, каждое достаточно крупное лицо.
    Очень маленькие лица? Их я не трогаю; поможет скан побольше.
    Чего я не умею? Большие разрывы и утраченные части остаются, а чёрно-белое фото остаётся чёрно-белым. «Без исправления» и «Только лица» отменяют то, что сделано вне лиц.
    Лучшее качество: пришлите фото файлом. В группе: ответьте на фото командой /restore.
telegram-privacy = Я храню ваши фото { $hours } ч., чтобы работали ваши кнопки, а потом удаляю. Ещё я храню номер вашего аккаунта, когда вы присылали фото и что из этого вышло, чтобы вести счёт; ваш выбор в /settings; а также что вы купили или активировали. Никто не смотрит ваши фото, и на них ничего не обучают. /deletemydata сразу удаляет ваши фото, настройки и всё, что я знаю о ваших фото. Номер будет удалён, как только он больше не нужен: счёт за сегодня, тариф, ещё действующий код или блокировка. Платежи остаются в учёте, но без номера.
telegram-delete-kept = Ничего не удалено.
telegram-premium-group = Я покажу в нашем личном чате, что у вас есть и что можно купить.
telegram-terms = Условия продажи: { $url }
telegram-terms-none = Вы можете купить время или фото с этим ботом, только для вашего аккаунта. Ничего не продлевается, если этого не сказано в предложении, и продление можно отменить в любой момент. С вопросами и возвратами поможет /paysupport.
telegram-receipt = Спасибо! Ваш платёж на { $amount } Stars получен. Вопросы о нём: /paysupport
telegram-receipt-subscription = Подписка продлевается сама. Отменить её можно в настройках Telegram, в разделе «Мои звёзды».
telegram-not-credited = Ваш платёж на { $amount } Stars получен, но зачислить его не удалось. Владелец бота его видит: напишите ему, пожалуйста, см. /paysupport. Номер платежа: { $charge }
telegram-refunded = Ваш платёж на { $amount } Stars возвращён, и то, что вы за него получили, закончилось.
telegram-paysupport = О платежах пишите сюда: { $contact }. Укажите номер платежа. Поддержка Telegram здесь помочь не может.
telegram-paysupport-nobody = О платежах пишите владельцу бота. Укажите номер платежа. Поддержка Telegram здесь помочь не может.
telegram-paysupport-payment = { $date }, { $amount } Stars, номер { $charge }
settings-title = Ваши настройки для всех фото:
telegram-setting-language = Язык: { $value }
telegram-setting-strength = Сила: { $value }
telegram-setting-fidelity = Точность: { $value }
telegram-setting-upscale = Размер: { $value }
telegram-setting-scope = Восстанавливать: { $value }
telegram-setting-reply-as-file = Ответ: { $value }
telegram-setting-model = Модель: { $value }
setting-about-language = На каком языке говорить?
setting-about-strength = Насколько сильно восстанавливать лица? Чем меньше, тем больше остаётся от оригинала.
setting-about-fidelity = Живые лица чётче, точные ближе к оригиналу.
setting-about-upscale = Увеличить фото?
setting-about-scope = Что восстанавливать? Автоматически — лица, а из остального то, что нужно фото: ничего, если оно цело. «Всё фото» исправляет и очищает любое фото.
setting-about-reply-as-file = Отвечать фотографией или файлом в полном качестве?
setting-about-model = Какая модель будет восстанавливать ваши фото?
setting-value-auto = автоматически
setting-value-strength-50 = половина
setting-value-strength-75 = мягко
setting-value-strength-100 = полностью
setting-value-fidelity-0 = живо
setting-value-fidelity-50 = поровну
setting-value-fidelity-100 = точно
setting-value-upscale-1 = как есть
setting-value-upscale-2 = вдвое
setting-value-upscale-4 = вчетверо
setting-value-scope-faces = только лица
setting-value-scope-photo = всё фото
setting-value-reply-as-file-no = фото
setting-value-reply-as-file-yes = файл
telegram-group-settings = Настройки этой группы, для её администраторов. Для ваших собственных фото везде пришлите мне /settings в нашем личном чате.
telegram-group-language = Язык: { $value }
telegram-group-scope = Восстанавливать: { $value }
telegram-group-who = Кто может просить: { $value }
telegram-group-photos-per-day = Фото в день: { $value }
telegram-group-results = Результаты: { $value }
telegram-group-about-language = На каком языке отвечать тем, кто не выбрал язык?
telegram-group-about-scope = Что восстанавливать на фото этой группы, если никто не скажет иначе?
telegram-group-about-who = Чьи фото здесь можно восстанавливать?
telegram-group-about-photos-per-day = Сколько фото в день можно восстановить всей группе?
telegram-group-about-results = Куда отправлять восстановленные фото?
telegram-group-value-scope-own = как хочет каждый
telegram-group-value-who-everybody = все
telegram-group-value-who-administrators = администраторы
telegram-group-value-photos-per-day-0 = без ограничений
telegram-group-value-results-asked = туда, где просят
telegram-group-value-results-here = в эту тему
telegram-not-administrator = Этими кнопками могут пользоваться только администраторы группы.
telegram-results-elsewhere = Восстановленное фото придёт в тему этой группы для результатов.
telegram-button-file = 📄 Полное качество
telegram-button-compare = ↔️ До/после
telegram-button-closer = 🤔 Не очень похоже?
telegram-button-gentler = ➖ Мягче
telegram-button-stronger = ➕ Сильнее
telegram-button-vivid = ✨ Живее
telegram-button-faithful = 🎯 Точнее
telegram-button-photo = 🖼️ Всё фото
telegram-button-faces = 🙂 Только лица
telegram-button-undo-repair = ↩️ Без исправления
telegram-button-whole = 🖼️ Восстановить всё фото
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Назад
telegram-button-delete = 🗑️ Удалить
telegram-button-delete-photo = 🗑️ Да, удалить
telegram-button-private-chat = Наш личный чат
telegram-button-offers = ⭐ Показать
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Подписаться за { $price }
telegram-button-delete-yes = Удалить всё
telegram-button-delete-no = Оставить
telegram-command-restore = Восстановить фото
telegram-command-quota = Сколько осталось сегодня
telegram-command-settings = Язык, сила, размер
telegram-command-cancel = Отменить фото в очереди
telegram-command-premium = Больше фото
telegram-command-unlock = Ввести код
telegram-command-help = Как это работает и чего не умеет
telegram-command-privacy = Что и как долго хранится
telegram-command-deletemydata = Удалить ваши фото и настройки
telegram-command-paysupport = Помощь с платежом
telegram-command-terms = Условия продажи

## Discord. Names of commands and options are one word in lower case; descriptions have up to 100 letters.

discord-menu-restore = Восстановить лица
discord-name-restore = восстановить
discord-name-quota = остаток
discord-name-settings = настройки
discord-name-cancel = отмена
discord-name-premium = премиум
discord-name-unlock = ввести-код
discord-name-privacy = приватность
discord-name-terms = условия
discord-name-erase = удалить-мои-данные
discord-name-help = помощь
discord-name-photo = фото
discord-name-model = модель
discord-name-strength = сила
discord-name-fidelity = точность
discord-name-upscale = увеличение
discord-name-scope = область
discord-name-private = только-мне
discord-name-language = язык
discord-name-code = код
discord-name-server = настройки-сервера
discord-name-who = кто
discord-name-per-day = фото-в-день
discord-name-results = результаты
discord-name-where-asked = там-же
discord-about-restore = Восстановить фото
discord-about-quota = Сколько осталось сегодня
discord-about-settings = Посмотреть или изменить, как восстанавливаются ваши фото
discord-about-cancel = Отменить фото в очереди; это ничего не стоит
discord-about-premium = Что можно получить сверх бесплатных фото
discord-about-unlock = Ввести код
discord-about-privacy = Что о вас хранится и как долго
discord-about-terms = Что можно присылать и что обещано
discord-about-erase = Удалить ваши фото и настройки
discord-about-help = Как это работает и чего не умеет
discord-about-photo = Фото
discord-about-model = Модель, которая восстанавливает; auto берёт лучшую
discord-about-strength = В процентах: 100 берёт восстановленные лица, меньше сохраняет больше от фото
discord-about-fidelity = В процентах: 0 живо, 100 точно; выбор есть не у всех моделей
discord-about-upscale = Увеличить фото во столько раз
discord-about-scope = Автоматически: то, что нужно фото; или только лица; или всегда всё фото
discord-about-private = Ответ увидите только вы
discord-about-language = Язык, на котором я вам отвечаю
discord-about-code = Код
discord-about-server = Для администраторов: что действует для всех на этом сервере
discord-about-server-language = Язык для тех, кто не выбрал язык
discord-about-server-scope = Что восстанавливать, если никто не скажет иначе
discord-about-who = Чьи фото здесь можно восстанавливать
discord-about-per-day = Фото в день на весь сервер; 0: без ограничений
discord-about-results = Канал, куда отправлять восстановленные фото
discord-about-where-asked = Снова отправлять восстановленные фото туда, где просят
discord-gentler = Мягче
discord-stronger = Сильнее
discord-closer = Не очень похоже?
discord-full-quality = Полное качество
discord-share = До/после
discord-whole-photo = Всё фото
discord-faces-only = Только лица
discord-undo-repair = Без исправления
discord-restore-whole = Восстановить всё фото
discord-another-model = Другая модель
discord-delete = Удалить
discord-alt-after = Восстановленное фото
discord-alt-before = Фото, как его прислали
discord-made-smaller = Изображение уменьшено, чтобы уместиться в { $limit_mb } МБ, которые здесь можно отправить.
discord-full-quality-here = Восстановленное фото в полном качестве.
discord-too-large-here = Полный файл больше { $limit_mb } МБ, которые здесь можно отправить. Это лучшее, что помещается.
discord-not-yours = Этими кнопками может пользоваться только тот, кто попросил об этом фото.
discord-permission-missing = Здесь мне не хватает права: «{ $permission }». Попросите о нём тех, кто ведёт этот сервер.
discord-permission-attach-files = Прикреплять файлы
discord-permission-send-messages = Отправлять сообщения
discord-automatic = автоматически
discord-scope-auto = автоматически
discord-scope-faces = только лица
discord-scope-photo = всё фото
discord-scope-own = как хочет каждый
discord-who-everybody = все
discord-who-administrators = администраторы
discord-no-limit = без ограничений
discord-where-asked = там, где просят
discord-results-elsewhere = Восстановленное фото придёт в { $channel }.
discord-server-settings =
    Настройки этого сервера, для всех, кто здесь просит:
    Язык: { $spoken }
    Область: { $scope }
    Кто может просить: { $who }
    Фото в день: { $limit }
    Результаты: { $channel }
discord-settings =
    Ваши настройки для всех фото:
    Модель: { $model }
    Сила: { $strength }
    Точность: { $fidelity }
    Размер: × { $upscale }
    Область: { $scope }
    Язык: { $spoken }
discord-help-more = Фото можно прислать и личным сообщением, упомянуть меня вместе с фото или выбрать «Приложения» в меню сообщения.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] сколько угодно фото
        [one] { $photos } фото в день
        [few] { $photos } фото в день
        [many] { $photos } фото в день
       *[other] { $photos } фото в день
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } фото
        [few] { $plan }: { $count } фото
        [many] { $plan }: { $count } фото
       *[other] { $plan }: { $count } фото
    }
discord-offers-note = Цены показывает Discord ниже, он же принимает оплату. Купленное здесь действует для вашей учётной записи на всех серверах.
discord-privacy = Я храню ваши фото { $hours } ч., чтобы работали кнопки под ними, а потом удаляю. Ещё я храню номер вашего аккаунта, когда вы присылали фото и что из этого вышло, чтобы вести счёт; ваши настройки; а также что вы купили или активировали. Никто не смотрит ваши фото, и на них ничего не обучают. /удалить-мои-данные сразу удаляет ваши фото, настройки и всё, что я знаю о ваших фото. Номер будет удалён, как только он больше не нужен: счёт за сегодня, тариф, ещё действующий код или блокировка. Платежи остаются в учёте, но без номера.
discord-erase-yes = Удалить всё

## Errors. None of them costs quota.

error-file-too-large = Файл слишком большой: не больше { NUMBER($limit_mb) } МБ.
error-photo-too-large = В этом фото { NUMBER($megapixels) } Мп, а можно не больше { NUMBER($limit_megapixels) }. Пришлите, пожалуйста, копию поменьше.
error-photo-unreadable = Не могу прочитать это изображение: похоже, файл повреждён. Пришлите его в JPEG или PNG, пожалуйста.
error-photo-truncated = Файл обрывается раньше времени: похоже, он скопирован не до конца. Пришлите его ещё раз, пожалуйста.
error-photo-animated = Это анимация или видео. Пришлите, пожалуйста, обычное фото.
error-not-a-photo = Это не фото. Пришлите изображение, например JPEG или PNG.
error-kind-unsupported = Это файл { $kind }, я не могу его прочитать. Сохраните его, пожалуйста, как JPEG или PNG и пришлите.
error-archive-sent = Это архив ({ $kind }). Распакуйте его, пожалуйста, и пришлите сами фотографии.
error-pdf-without-scan = В этом PDF текст, а не отсканированное фото. Пришлите, пожалуйста, само фото в JPEG или PNG.
error-pdf-locked = Этот PDF защищён паролем. Пришлите, пожалуйста, само фото в JPEG или PNG.
error-preview-missing = Это RAW-файл камеры без изображения, которое я могу прочитать. Сохраните его, пожалуйста, как JPEG и пришлите.
error-page-missing = В этом файле нет страницы { $page }, всего страниц: { $pages }.
error-no-face-found = На этом фото я не нашёл лиц. Это ничего вам не стоило. Лучше всего находятся лица, у которых видны оба глаза; часто помогает скан без бликов и пыли.
error-nothing-to-restore = На этом фото я не нашёл лиц и ничего другого, что стоило бы исправить. Это ничего вам не стоило.
error-face-number-unknown = На этом фото нет лица номер { $number }; найдено лиц: { $count }. Это ничего вам не стоило.
error-faces-too-small =
    { $count ->
        [1] Лицо на этом фото слишком маленькое (меньше { $limit_px } пикс.).
       *[other] Лица на этом фото слишком маленькие (меньше { $limit_px } пикс.).
    } Это ничего вам не стоило. Часто помогает скан побольше.
error-quota-used-up =
    { $limit ->
        [0] Бесплатных фото здесь нет.
        [1] Бесплатное фото на сегодня использовано. Следующее будет через { $renews_in }.
       *[other] Бесплатные фото на сегодня ({ $limit }) использованы. Следующие будут через { $renews_in }.
    }
error-queue-full =
    В очереди сейчас слишком много фото, и ещё одно я принять не могу. Попробуйте, пожалуйста, примерно через { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[other] { $minutes } минут
    }. Это ничего вам не стоило.
error-fair-use-reached = Сегодня вы восстановили { $limit } фото: больше ваш тариф за день не даёт. Следующие будут через { $renews_in }.
error-size-not-in-plan = Увеличение в { $upscale } раза не входит в ваш тариф. Что входит, скажет /premium.
error-print-size-unusable = Отпечаток такого размера я подготовить не могу. Напишите размер, например 13x18cm или 5x7in, стороны от 3 до 150 см. Это ничего вам не стоило.
error-model-not-in-plan = Модель «{ $model }» не входит в ваш тариф. Что входит, скажет /premium.
error-too-many-at-once =
    { $limit ->
        [1] Я ещё работаю над вашим последним фото. Подождите, пожалуйста, пока оно будет готово. Это фото ничего вам не стоило.
       *[other] Я ещё работаю над вашими фото ({ $limit }). Подождите, пожалуйста, пока одно будет готово. Это фото ничего вам не стоило.
    }
error-code-unknown = Я не знаю такого кода. Проверьте его, пожалуйста.
error-code-mistyped = В коде опечатка: хотя бы один знак неверен. Проверьте его, пожалуйста.
error-code-expired = Срок этого кода истёк.
error-code-used-up = Этот код уже использован столько раз, сколько можно.
error-code-redeemed = Вы уже использовали этот код.
error-code-revoked = Этот код больше не действует.
error-code-elsewhere = Этот код даёт скидку на то, что продаётся в Telegram. Введите его там: он ещё действует.
error-too-many-failures = За последнее время не удалось слишком много фото. Попробуйте снова через { $wait_in }. Это фото ничего вам не стоило.
error-network-quota-used-up = Бесплатные фото вашей сети ({ NUMBER($limit) } в день) на сегодня использованы. Следующие будут через { $renews_in }.
error-group-quota-used-up = Сегодняшние { NUMBER($limit) } фото для всех здесь использованы. Следующие появятся через { $renews_in }. Вы также можете прислать мне фото в личном чате.
error-only-administrators = Восстанавливать фото здесь могут только администраторы. Вы можете прислать мне фото в личном чате.
error-too-many-guesses = Слишком много неверных кодов. Попробуйте снова через { $wait_in }.
error-offer-gone = Это предложение изменилось. Ничего не оплачено. Посмотрите, пожалуйста, /premium ещё раз.
error-banned = Вы не можете пользоваться этим ботом.
error-photo-expired = Этого фото у меня больше нет. Пришлите его ещё раз, пожалуйста.
error-nothing-to-cancel = У вас нет фото в очереди.
error-too-many-adjustments =
    { $limit ->
        [one] Фото можно настраивать { $limit } раз, в течение { $minutes } мин. после получения.
        [few] Фото можно настраивать { $limit } раза, в течение { $minutes } мин. после получения.
       *[other] Фото можно настраивать { $limit } раз, в течение { $minutes } мин. после получения.
    }
error-model-unknown = Модели «{ $model }» нет. Есть: { $known }.
error-model-not-installed = Модель «{ $model }» здесь не установлена.
error-model-not-allowed = Модель «{ $model }» здесь использовать нельзя.
error-model-broken = Модель «{ $model }» сейчас недоступна. Это ничего вам не стоило.
error-fidelity-unsupported = У модели «{ $model }» нет выбора точности.
error-cancelled = Отменено. Это ничего вам не стоило.
error-photos-forbidden = В этом чате мне нельзя отправлять ни фото, ни файлы. Администратор может разрешить это в настройках чата. Это ничего вам не стоило.
error-writing-forbidden = Мне нельзя писать в чате, где вы попросили восстановить фото. Администратор может это разрешить. Это ничего вам не стоило; фото можно прислать и сюда.
error-internal-error = Извините, у нас что-то пошло не так. Это ничего вам не стоило. Попробуйте ещё раз, пожалуйста.

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Верните лица старым фото
playground-lead = Пришлите старое, размытое или повреждённое фото. Будут восстановлены лица, а если есть — царапины, зерно и выцветшее; больше ничего не изменится.
playground-drop = Перетащите, вставьте или выберите фото
playground-drop-hint = До { NUMBER($limit_mb) } МБ. Фото остаются на этом сервере и удаляются через { $hours } ч.
playground-drop-here = Отпустите, чтобы отправить фото
playground-sample = Попробовать на примере
playground-add-photo = Добавить фото
playground-message = Сообщение
playground-message-hint = Вопросы? /help
playground-send = Отправить
playground-chat = Чат
playground-needs-script = Этой странице нужен JavaScript.
playground-privacy = Я храню ваши фото { $hours } ч., чтобы работали ваши кнопки, а потом удаляю. Ещё я храню случайный номер из cookie этого браузера, когда вы присылали фото и что из этого вышло, чтобы вести счёт; ваш выбор в /settings; а также что вы купили или активировали. Никто не смотрит ваши фото, и на них ничего не обучают. /deletemydata сразу удаляет ваши фото, настройки и всё, что я знаю о ваших фото. Номер будет удалён, как только он больше не нужен: счёт за сегодня, тариф, ещё действующий код или блокировка. Платежи остаются в учёте, но без номера.
playground-privacy-link = Конфиденциальность
playground-terms-link = Условия
playground-legal-english = Этот текст на английском языке.
playground-you = Вы
playground-bot = Magic Memory
playground-your-photo = Ваше фото
playground-sending = Отправляю ваше фото…
playground-progress = Ход работы
playground-cancel = Отменить
playground-before = До
playground-after = После
playground-before-alt = Фото, как вы его прислали
playground-after-alt = Восстановленное фото
playground-compare = Граница между «до» и «после»
playground-download = Скачать
playground-show-faces = Показать лица
playground-show-damage = Показать повреждения
playground-damage-alt = Что я принял за повреждения
playground-faces = Лица
playground-face-restored = Лицо { $number }: { $width } × { $height } пикс., восстановлено
playground-face-less-alike = Лицо { $number }: { $width } × { $height } пикс., восстановлено, но присмотритесь: сходство с оригиналом может быть меньше
playground-face-too-small = Лицо { $number }: { $width } × { $height } пикс., слишком маленькое, чтобы восстановить
playground-face-left-alone = Лицо { $number }: { $width } × { $height } пикс., оставлено как было
playground-gentler = Мягче
playground-stronger = Сильнее
playground-scope-photo = Всё фото
playground-scope-faces = Только лица
playground-undo-repair = Без исправления
playground-restore-whole = Восстановить всё фото
playground-closer = Не очень похоже?
playground-asked-chosen = То же фото с выбранными лицами
playground-hold = Удерживайте: оригинал
playground-large-view = Крупно
playground-close = Закрыть
playground-zoom-in = Увеличить
playground-zoom-out = Уменьшить
playground-copy = Копировать
playground-copied = Скопировано. Теперь можно вставить.
playground-not-copied = Этот браузер не даёт мне скопировать. Скачайте фото.
playground-share = Поделиться…
playground-share-both = До и после, чтобы поделиться
playground-share-clip = Ролик
playground-share-card = Картинка
playground-download-all = Скачать всё одним файлом
playground-download-cards = Скачать карточки лиц
playground-saved = Сохранено.
playground-erase = Удалить всё
playground-asked-faces = То же фото, только лица, восстановленные на { $percent } %
playground-asked-photo = Всё фото исправлено и очищено, лица восстановлены на { $percent } %
playground-asked-auto = То же фото, восстановленное на { $percent } %
playground-asked-undo-repair = То же фото без исправления, лица восстановлены на { $percent } %
playground-asked-print = То же фото для отпечатка { $size }
playground-file-name = { $name } восстановлено
playground-file-name-plain = Восстановленное фото
playground-file-name-face = { $name }, лицо { $number } (ряд { $row }, номер { $place })
playground-offline = Связь пропала. Продолжаю попытки…
playground-online = Связь восстановлена.
playground-not-sent = Не отправлено: нет связи.
playground-try-again = Ещё раз
playground-expired = Этого фото у меня больше нет.
playground-error-bad-request = Не могу прочитать этот запрос.
playground-error-bad-options = Эти параметры не подходят.
playground-error-host = Песочница не отвечает по этому адресу. Её владелец может разрешить его через MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = Песочница не отвечает другим сайтам. Её владелец может разрешить сайт через MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Здесь ничего нет.
playground-error-login = Сначала войдите, пожалуйста.
playground-error-too-fast = Слишком быстро. Подождите немного, пожалуйста.
