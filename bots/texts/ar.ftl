### كل ما يمكن أن يقرأه إنسان، بالعربية. المفاتيح واحدة في جميع اللغات.
### No native speaker has read this file yet. Corrections are welcome.
### An invisible left-to-right mark (U+200E) stands before each command: without it the slash would move to its other end.

## The language

language-name = العربية

## Lengths of time

duration-seconds =
    { $count ->
        [zero] { $count } ثانية
        [one] ثانية واحدة
        [two] ثانيتين
        [few] { $count } ثوانٍ
        [many] { $count } ثانية
       *[other] { $count } ثانية
    }
duration-minutes =
    { $count ->
        [zero] { $count } دقيقة
        [one] دقيقة واحدة
        [two] دقيقتين
        [few] { $count } دقائق
        [many] { $count } دقيقة
       *[other] { $count } دقيقة
    }
duration-hours =
    { $count ->
        [zero] { $count } ساعة
        [one] ساعة واحدة
        [two] ساعتين
        [few] { $count } ساعات
        [many] { $count } ساعة
       *[other] { $count } ساعة
    }
duration-days =
    { $count ->
        [zero] { $count } يوم
        [one] يوم واحد
        [two] يومين
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] وصلت. صورتك هي التالية.
        [one] وصلت. أمام صورتك صورة واحدة.
        [two] وصلت. أمام صورتك صورتان.
        [few] وصلت. أمام صورتك { $ahead } صور.
        [many] وصلت. أمام صورتك { $ahead } صورة.
       *[other] وصلت. أمام صورتك { $ahead } صورة.
    }
progress-decode = أفتح صورتك…
progress-detect = أبحث عن الوجوه…
progress-repair = أصلح الصورة…
progress-clean = أنظف الصورة كلها…
progress-restore =
    { $faces ->
        [one] وجدت وجهًا واحدًا. أرممه الآن…
       *[other] عدد الوجوه: { $faces }. رُمم منها حتى الآن: { $done }…
    }
progress-blend = أدمجه في الصورة…
progress-encode = أوشكت على الانتهاء…

## The reply

reply-restored =
    { $count ->
        [zero] لم يُرمم أي وجه.
        [one] رُمم وجه واحد.
        [two] رُمم وجهان.
        [few] رُممت { $count } وجوه.
        [many] رُمم { $count } وجهًا.
       *[other] رُمم { $count } وجه.
    }
reply-too-small =
    { $count ->
        [zero] لم يكن أي وجه أصغر من أن يُرمم.
        [one] كان وجه واحد أصغر من أن يُرمم.
        [two] كان وجهان أصغر من أن يُرمما.
        [few] كانت { $count } وجوه أصغر من أن تُرمم.
        [many] كان { $count } وجهًا أصغر من أن يُرمم.
       *[other] كان { $count } وجه أصغر من أن يُرمم.
    }
reply-too-many =
    { $count ->
        [one] الوجوه كثيرة: رُمم أكبرها، وبقي وجه واحد كما كان.
        [two] الوجوه كثيرة: رُمم أكبرها، وبقي وجهان كما كانا.
       *[other] الوجوه كثيرة: رُمم أكبرها، وعدد ما بقي كما كان: { $count }.
    }
reply-cleaned = نُظفت الصورة كلها
reply-cleaned-grain = أُزيلت الحبيبات
reply-cleaned-halftone = أُزيلت نقاط الطباعة
reply-cleaned-jpeg = أُزيلت آثار الضغط
reply-repaired = أُصلحت الخدوش والغبار
reply-repaired-scratches = أُصلحت الخدوش
reply-repaired-dust = أُزيل الغبار
reply-toned = أُعيد التباين
reply-no-face = لم أجد فيها وجهًا.
reply-remembered = سأتذكر هذا لصورك القادمة؛ يمكنك تغييره في ‎/settings.
share-ready = قبل وبعد، للمشاركة.
faces-button = اختر الوجوه
print-button = جودة الطباعة
print-choose = ما مقاس الصورة المطبوعة؟
print-sharp = بمقاس { $size } تكون الطباعة بدقة { $dpi } نقطة في البوصة. تُطبع الصورة واضحة حتى { $sharp }.
print-soft = بمقاس { $size } تكون الطباعة بدقة { $dpi } نقطة في البوصة وتبدو غير حادة. تُطبع الصورة واضحة حتى { $sharp }.
faces-choose = اضغط رقم الوجه لتغيير ما يحدث له: ✓ ترميم، ½ برفق، – يُترك كما هو. ثم اضغط «رمّم».
faces-restore = رمّم
faces-cards = بطاقات الوجوه
faces-none = اختر وجهًا واحدًا على الأقل.
face-card = الوجه { $number }: الصف { $row }، رقم { $place } من اليسار.
reminder-button = أخبرني عندما تعود
reminder-set = سأخبرك صباحًا عندما تعود صورتك المجانية.
reminder = عادت صورتك المجانية. أرسل الصورة التالية متى شئت.
reply-incomplete =
    { $count ->
        [one] وجه واحد مقصوص في الملف، فتُرك كما هو.
        [two] وجهان مقصوصان في الملف، فتُركا كما هما.
       *[other] عدد الوجوه المقصوصة في الملف التي تُركت كما هي: { $count }.
    }
reply-held =
    { $count ->
        [one] أُبقي وجه واحد أقرب إلى الأصل، ليظل شبيهًا بصاحبه.
        [two] أُبقي وجهان أقرب إلى الأصل، ليظلا شبيهين بصاحبيهما.
       *[other] عدد الوجوه التي أُبقيت أقرب إلى الأصل حفاظًا على الشبه: { $count }.
    }
note-tone-mapped = كان مدى إضاءتها واسعًا؛ فجعلته يناسب الشاشة العادية.
note-gain-map = تُرك السطوع الإضافي الخاص بشاشات HDR.
note-preview = هذا ملف خام من كاميرا: رممت الصورة التي وضعتها الكاميرا فيه.
note-incomplete = ينتهي الملف قبل أوانه: ينقص { $count } بالمئة من الصورة. أرسلها مرة أخرى إن كانت لديك كاملة.
note-coarse = ينتهي الملف قبل أوانه، لذلك تنقص الصورة التفاصيل الدقيقة. أرسلها مرة أخرى إن كانت لديك كاملة.
note-other-pages =
    { $count ->
        [one] في الملف صفحة أو صورة أخرى تركتها كما هي. أرسلها وحدها من فضلك.
        [two] في الملف صفحتان أو صورتان أخريان تركتهما كما هما. أرسل كل واحدة وحدها من فضلك.
       *[other] عدد الصفحات أو الصور الأخرى في الملف التي تركتها كما هي: { $count }. أرسل كل واحدة وحدها من فضلك.
    }
offer-upright =
    { $rotation ->
        [180] هذه الصورة مقلوبة. هل أديرها؟
       *[other] هذه الصورة على جانبها. هل أديرها؟
    }
quota-left =
    { $left ->
        [0] لا صور أخرى اليوم. يصبح لديك { $limit } من جديد بعد { $renews_in }.
       *[other] بقي لك اليوم { $left } من { $limit }. يتجدد العدد بعد { $renews_in }.
    }

## Plans

quota-none = الصور المجانية متوقفة هنا.
plan-has = لديك { $plan } لمدة { $time } أخرى.
plan-has-endless = لديك { $plan }.
plan-photos-left =
    { $count ->
        [one] بقيت لك صورة واحدة مشتراة.
        [two] بقيت لك صورتان مشتراتان.
        [few] بقيت لك { $count } صور مشتراة.
       *[other] بقيت لك { $count } صورة مشتراة.
    }
offers-free =
    { $free ->
        [one] صورة واحدة في اليوم مجانية للجميع.
        [two] صورتان في اليوم مجانيتان للجميع.
        [few] { $free } صور في اليوم مجانية للجميع.
       *[other] { $free } صورة في اليوم مجانية للجميع.
    }
offers-intro = مع خطة يمكنك ترميم صور أكثر، وصورك تسبق غيرها:
offers-none = لا شيء للبيع هنا.
offers-code = هل لديك رمز؟ أرسل ‎/unlock والرمز.
more-with-premium = لا داعي للانتظار: ‎/premium يبين كيف تحصل على صور أكثر.
offer-subscription = { $plan }: { $price } نجمة كل { $count } يوم، إلى أن تلغي
offer-days =
    { $count ->
        [one] { $plan }: يوم واحد مقابل { $price } نجمة
        [two] { $plan }: يومان مقابل { $price } نجمة
        [few] { $plan }: { $count } أيام مقابل { $price } نجمة
       *[other] { $plan }: { $count } يومًا مقابل { $price } نجمة
    }
offer-photos =
    { $count ->
        [one] { $plan }: صورة واحدة مقابل { $price } نجمة
        [two] { $plan }: صورتان مقابل { $price } نجمة
        [few] { $plan }: { $count } صور مقابل { $price } نجمة
       *[other] { $plan }: { $count } صورة مقابل { $price } نجمة
    }
offer-instead = (بدلًا من { $full })
unlock-howto = اكتب الرمز بعد الأمر: ‎/unlock CODE
code-discount = الرمز صحيح: عملية شرائك التالية أرخص بنسبة { $percent } %. ترى الأسعار في ‎/premium.
code-unlocked-photos =
    { $count ->
        [one] الرمز صحيح: لديك صورة واحدة إضافية ({ $plan }).
        [two] الرمز صحيح: لديك صورتان إضافيتان ({ $plan }).
        [few] الرمز صحيح: لديك { $count } صور إضافية ({ $plan }).
       *[other] الرمز صحيح: لديك { $count } صورة إضافية ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] الرمز صحيح: لديك { $plan } ليوم واحد إضافي.
        [two] الرمز صحيح: لديك { $plan } ليومين إضافيين.
        [few] الرمز صحيح: لديك { $plan } لمدة { $count } أيام إضافية.
       *[other] الرمز صحيح: لديك { $plan } لمدة { $count } يومًا إضافيًا.
    }

## Commands

help =
    أرسل لي صورة فأرممها: كل وجه، والخدوش والغبار والحبيبات والتباين الباهت إن وُجدت. الصورة السليمة لا تتغير إلا وجوهها.
    تصلح الصور القديمة والمشوشة والمخدوشة والباهتة. أفضل النتائج للصور الشخصية؛ وفي الصورة الجماعية يُرمم كل وجه وحده.
    الوجوه الصغيرة جدًا تُترك كما هي. الوجه المرمم تخمين جيد وليس وثيقة: قد تختلف التفاصيل الدقيقة.
    تُحذف الصور بعد { $hours } ساعة.
help-commands =
    ‎/restore – ترميم صورة
    ‎/quota – ما بقي لك اليوم
    ‎/premium – صور أكثر
    ‎/unlock – استخدام رمز
    ‎/settings – اللغة والقوة والحجم
    ‎/cancel – إلغاء الصور المنتظرة
    ‎/privacy – ماذا يُحفظ، وكم من الوقت
    ‎/deletemydata – احذف صورك وإعداداتك
    ‎/help – هذا النص
restore-howto = أرسل صورة فأرممها.
unknown-command = لا أعرف ‎{ $command }. جرّب ‎/help.
cancelled = أُلغي. لم يكلفك شيئًا.
forget-sure = هل أحذف صورك وإعداداتك الآن؟ الصور المنتظرة تُلغى. الصور التي أرسلتها اليوم تبقى محسوبة.
forget-done = تم. حُذفت صورك وإعداداتك.
legal-privacy-whole = سياسة الخصوصية كاملة: { $url }
legal-terms = أرسل فقط الصور التي يحق لك استخدامها. الوجه المرمم تخمين جزئي من شبكة عصبية وقد يختلف عن الشخص. الصورة التي تفشل لا تكلف شيئًا، ولا وعد بأكثر من ذلك.
legal-terms-whole = الشروط كاملة: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = أعد إلى الصور القديمة وجوهها
playground-lead = أرسل صورة قديمة أو مشوشة أو تالفة. تُرمم وجوهها، والخدوش والحبيبات والبهتان إن وُجدت؛ ولا يتغير شيء آخر.
playground-drop = أفلت صورة هنا أو ألصقها أو اخترها
playground-drop-hint = حتى { NUMBER($limit_mb) } ميغابايت. تبقى الصور على هذا الخادم وتُحذف بعد { $hours } ساعة.
playground-drop-here = أفلت لإرسال الصورة
playground-sample = جرّب الصورة النموذجية
playground-add-photo = أضف صورة
playground-message = رسالة
playground-message-hint = أسئلة؟ اكتب ‎/help
playground-send = إرسال
playground-chat = محادثة
playground-needs-script = تحتاج هذه الصفحة إلى JavaScript.
playground-privacy = أحتفظ بصورك { $hours } ساعة من أجل أزرارك ثم أحذفها. أحتفظ برقم عشوائي في ملف تعريف ارتباط لهذا المتصفح، ومتى أرسلت صورًا وما آلت إليه، لأحسب حصتك؛ وبما اخترته في ‎/settings؛ وبما اشتريته أو استبدلته. لا أحد ينظر إلى صورك، ولا يُدرَّب عليها شيء. الأمر ‎/deletemydata يحذف فورًا صورك وإعداداتك وما أعرفه عن صورك. يُحذف الرقم حالما لا يحتاجه شيء: عدد اليوم، أو خطة، أو رمز ما زال صالحًا، أو حظر. تُحفظ المدفوعات للمحاسبة دون الرقم.
playground-privacy-link = الخصوصية
playground-terms-link = الشروط
playground-legal-english = هذا النص بالإنجليزية.
playground-you = أنت
playground-bot = Magic Memory
playground-your-photo = صورتك
playground-sending = أرسل صورتك…
playground-progress = التقدم
playground-cancel = إلغاء
playground-before = قبل
playground-after = بعد
playground-before-alt = الصورة كما أرسلتها
playground-after-alt = الصورة المرممة
playground-compare = الفاصل بين قبل وبعد
playground-download = تنزيل
playground-show-faces = أظهر الوجوه
playground-show-damage = أظهر التلف
playground-damage-alt = ما عددته تلفًا
playground-faces = الوجوه
playground-face-restored = الوجه { $number }: { $width } × { $height } بكسل، مرمم
playground-face-less-alike = الوجه { $number }: { $width } × { $height } بكسل، مرمم، لكن انظر مرتين: قد يكون أقل شبهًا بالأصل
playground-face-too-small = الوجه { $number }: { $width } × { $height } بكسل، أصغر من أن يُرمم
playground-face-left-alone = الوجه { $number }: { $width } × { $height } بكسل، تُرك كما كان
playground-gentler = أخف
playground-stronger = أقوى
playground-scope-photo = الصورة كلها
playground-scope-faces = الوجوه فقط
playground-undo-repair = دون إصلاح
playground-restore-whole = رمم الصورة كلها
playground-closer = لا يشبهه تمامًا؟
playground-asked-chosen = الصورة نفسها بالوجوه المختارة
playground-hold = اضغط مطولًا لرؤية الأصل
playground-large-view = عرض كبير
playground-close = إغلاق
playground-zoom-in = تكبير
playground-zoom-out = تصغير
playground-copy = نسخ
playground-copied = نُسخت. يمكنك لصقها الآن.
playground-not-copied = هذا المتصفح لا يسمح لي بالنسخ. نزّل الصورة بدلًا من ذلك.
playground-share = مشاركة…
playground-share-both = قبل وبعد، للمشاركة
playground-share-clip = مقطع
playground-share-card = صورة
playground-download-all = تنزيل الكل في ملف واحد
playground-download-cards = تنزيل بطاقات الوجوه
playground-saved = حُفظ.
playground-erase = حذف كل شيء
playground-asked-faces = الصورة نفسها، الوجوه فقط، مرممة بنسبة { $percent } %
playground-asked-photo = الصورة كلها مُصلحة ومنظفة، ووجوهها مرممة بنسبة { $percent } %
playground-asked-auto = الصورة نفسها، مرممة بنسبة { $percent } %
playground-asked-undo-repair = الصورة نفسها دون إصلاح، ووجوهها مرممة بنسبة { $percent } %
playground-asked-print = الصورة نفسها لطباعة بمقاس { $size }
playground-file-name = { $name } مرممة
playground-file-name-plain = صورة مرممة
playground-file-name-face = { $name }، الوجه { $number } (الصف { $row }، الرقم { $place })
playground-offline = انقطع الاتصال. أواصل المحاولة…
playground-online = عاد الاتصال.
playground-not-sent = لم يُرسل هذا: لا يوجد اتصال.
playground-try-again = حاول مرة أخرى
playground-expired = لم تعد هذه الصورة لدي.
playground-error-bad-request = لا أستطيع قراءة هذا الطلب.
playground-error-bad-options = لا يمكن استخدام هذه الخيارات.
playground-error-host = لا تجيب الصفحة على هذا العنوان. يستطيع مشغلها السماح به عبر MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = لا تجيب الصفحة على مواقع أخرى. يستطيع مشغلها السماح بأحدها عبر MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = لا شيء هنا.
playground-error-login = سجّل الدخول أولًا من فضلك.
playground-error-too-fast = كان ذلك سريعًا جدًا. انتظر لحظة من فضلك.

## Telegram

telegram-about = نحو { $time }.
telegram-album-queued =
    { $ahead ->
        [0] وصلت صورك: { $count }. هي التالية.
       *[other] وصلت صورك: { $count }. عدد الصور التي أمامها: { $ahead }.
    }
telegram-album-progress = أرمم: انتهت { $done } من { $count }…
telegram-album-refused =
    { $count ->
        [one] لم تُرمم صورة واحدة من هذا الألبوم.
        [two] لم تُرمم صورتان من هذا الألبوم.
       *[other] عدد الصور التي لم تُرمم من هذا الألبوم: { $count }.
    }
telegram-album-line = الصورة { $number }: { $text }
telegram-album-pick = اختر صورة للمزيد:
telegram-adjusted = كان هذا التعديل مجانيًا.
telegram-ready = صورتك جاهزة.
telegram-coming = قادمة حالًا…
telegram-on-it = أعمل عليها…
telegram-done-already = صنعت هذه من قبل.
telegram-not-yours = لا يستخدم هذه الأزرار إلا من طلب ذلك.
telegram-full-quality = بالجودة الكاملة، كملف.
telegram-deleted = حُذفت.
telegram-too-old-to-delete = حذفت الصورة عندي. يسمح لي Telegram بإزالة رسائلي مدة يومين فقط: أزل هذه بنفسك من فضلك.
telegram-file-name = restored
telegram-start =
    أعيد إلى الصور القديمة والتالفة وجوهها. أرسل لي صورة فأرد عليك بالصورة المرممة.
    { $free ->
        [0] المزيد في ‎/help.
        [one] صورة واحدة في اليوم مجانية. المزيد في ‎/help.
        [two] صورتان في اليوم مجانيتان. المزيد في ‎/help.
        [few] { $free } صور في اليوم مجانية. المزيد في ‎/help.
       *[other] { $free } صورة في اليوم مجانية. المزيد في ‎/help.
    }
telegram-howto = أرسل لي صورة، أو رد على صورة بالأمر ‎/restore.
telegram-howto-group = رد على صورة بالأمر ‎/restore، أو اكتب ‎/restore تحت صورة ترسلها.
telegram-guest = لا أستطيع كضيف في هذه المحادثة أن أرسل صورًا. أضفني إلى هذه المحادثة، أو أرسل لي الصورة في محادثتنا الخاصة.
telegram-text = أرسل لي صورة فأرممها. المزيد في ‎/help.
telegram-not-for-us = لا أستطيع إلا ترميم الصور. أرسل لي صورة من فضلك، كصورة أو كملف.
telegram-help =
    كيف يعمل؟ ترسم شبكة عصبية كل وجه من جديد مما بقي منه، ثم أدمجه في صورتك.
    هل يغير شكل الشخص؟ قليلًا: كلما ساءت الصورة زاد التخمين في الوجه. «أخف» يحفظ قدرًا أكبر من الأصل.
    الصور الجماعية؟ نعم، كل وجه كبير بما يكفي.
    الوجوه الصغيرة جدًا؟ أتركها؛ يفيد مسح ضوئي أكبر.
    ما الذي لا أستطيعه؟ تبقى التمزقات الكبيرة والأجزاء المفقودة، ويبقى الأبيض والأسود كما هو. «دون إصلاح» و«الوجوه فقط» يلغيان ما فعلته خارج الوجوه.
    أفضل جودة: أرسل الصورة كملف. في مجموعة: رد على صورة بالأمر ‎/restore.
telegram-privacy = أحتفظ بصورك { $hours } ساعة من أجل أزرارك ثم أحذفها. أحتفظ برقم حسابك، ومتى أرسلت صورًا وما آلت إليه، لأحسب حصتك؛ وبما اخترته في ‎/settings؛ وبما اشتريته أو استبدلته. لا أحد ينظر إلى صورك، ولا يُدرَّب عليها شيء. الأمر ‎/deletemydata يحذف فورًا صورك وإعداداتك وما أعرفه عن صورك. يُحذف الرقم حالما لا يحتاجه شيء: عدد اليوم، أو خطة، أو رمز ما زال صالحًا، أو حظر. تُحفظ المدفوعات للمحاسبة دون الرقم.
telegram-delete-kept = لم يُحذف شيء.
telegram-premium-group = أريك ما لديك وما يمكنك شراؤه في محادثتنا الخاصة.
telegram-terms = شروط البيع: { $url }
telegram-terms-none = يمكنك أن تشتري بهذا البوت وقتًا أو صورًا، لحسابك فقط. لا يتجدد شيء إلا إذا ذكر العرض ذلك، ويمكنك إلغاء التجديد في أي وقت. للأسئلة والاسترداد: ‎/paysupport.
telegram-receipt = شكرًا! وصلت دفعتك وقدرها { $amount } نجمة. للأسئلة عنها: ‎/paysupport
telegram-receipt-subscription = تتجدد تلقائيًا. يمكنك إلغاؤها في إعدادات Telegram، تحت «نجومي».
telegram-not-credited = وصلت دفعتك وقدرها { $amount } نجمة، لكن لم أستطع إضافتها إلى حسابك. يستطيع مشغل هذا البوت أن يراها: اكتب إليه، انظر ‎/paysupport. رقم الدفعة: { $charge }
telegram-refunded = رُدت دفعتك وقدرها { $amount } نجمة، وانتهى ما حصلت عليه بها.
telegram-paysupport = بشأن المدفوعات اكتب إلى { $contact } مع رقم الدفعة. دعم Telegram نفسه لا يستطيع المساعدة هنا.
telegram-paysupport-nobody = بشأن المدفوعات اكتب إلى مشغل هذا البوت مع رقم الدفعة. دعم Telegram نفسه لا يستطيع المساعدة هنا.
telegram-paysupport-payment = { $date }، { $amount } نجمة، رقم { $charge }
settings-title = إعداداتك، لكل صورك:
telegram-setting-language = اللغة: { $value }
telegram-setting-strength = القوة: { $value }
telegram-setting-fidelity = الأمانة: { $value }
telegram-setting-upscale = الحجم: { $value }
telegram-setting-scope = الترميم: { $value }
telegram-setting-reply-as-file = الرد: { $value }
telegram-setting-model = النموذج: { $value }
setting-about-language = أي لغة أستخدم؟
setting-about-strength = بأي قوة تُرمم الوجوه؟ القوة الأقل تحفظ قدرًا أكبر من الأصل.
setting-about-fidelity = الوجوه الحيوية أوضح؛ والأمينة أقرب إلى الأصل.
setting-about-upscale = هل تُكبّر الصورة؟
setting-about-scope = ماذا أرمم؟ تلقائيًا أرمم الوجوه، ومن الباقي ما تحتاجه الصورة: لا شيء إن كانت سليمة. «الصورة كلها» يصلح وينظف كل صورة.
setting-about-reply-as-file = هل أرد بصورة، أم بملف بالجودة الكاملة؟
setting-about-model = أي نموذج يرمم صورك؟
setting-value-auto = تلقائي
setting-value-strength-50 = نصف
setting-value-strength-75 = خفيفة
setting-value-strength-100 = كاملة
setting-value-fidelity-0 = حيوية
setting-value-fidelity-50 = متوازنة
setting-value-fidelity-100 = أمينة
setting-value-upscale-1 = كما هو
setting-value-upscale-2 = الضعف
setting-value-upscale-4 = أربعة أضعاف
setting-value-scope-faces = الوجوه فقط
setting-value-scope-photo = الصورة كلها
setting-value-reply-as-file-no = صورة
setting-value-reply-as-file-yes = ملف
telegram-group-settings = إعدادات هذه المجموعة، لمشرفيها. لصورك الخاصة في كل مكان أرسل لي ‎/settings في محادثتنا الخاصة.
telegram-group-language = اللغة: { $value }
telegram-group-scope = الترميم: { $value }
telegram-group-who = من يطلب: { $value }
telegram-group-photos-per-day = صور في اليوم: { $value }
telegram-group-results = النتائج: { $value }
telegram-group-about-language = بأي لغة أجيب من لم يختر لغة؟
telegram-group-about-scope = ماذا أرمم في صور هذه المجموعة، ما لم يقل أحد غير ذلك؟
telegram-group-about-who = من يحق له ترميم الصور هنا؟
telegram-group-about-photos-per-day = كم صورة في اليوم للمجموعة كلها؟
telegram-group-about-results = إلى أين تذهب الصور المرممة؟
telegram-group-value-scope-own = كما يحب كل واحد
telegram-group-value-who-everybody = الجميع
telegram-group-value-who-administrators = المشرفون
telegram-group-value-photos-per-day-0 = بلا حد
telegram-group-value-results-asked = حيث يُطلب
telegram-group-value-results-here = هذا الموضوع
telegram-not-administrator = لا يستخدم هذه الأزرار إلا مشرفو هذه المجموعة.
telegram-results-elsewhere = تأتي الصورة المرممة في موضوع النتائج لهذه المجموعة.
telegram-button-file = 📄 الجودة الكاملة
telegram-button-compare = ↔️ قبل/بعد
telegram-button-closer = 🤔 لا يشبهه تمامًا؟
telegram-button-gentler = ➖ أخف
telegram-button-stronger = ➕ أقوى
telegram-button-vivid = ✨ أكثر حيوية
telegram-button-faithful = 🎯 أكثر أمانة
telegram-button-photo = 🖼️ الصورة كلها
telegram-button-faces = 🙂 الوجوه فقط
telegram-button-undo-repair = ↩️ دون إصلاح
telegram-button-whole = 🖼️ رمم الصورة كلها
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ رجوع
telegram-button-delete = 🗑️ حذف
telegram-button-delete-photo = 🗑️ نعم، احذفها
telegram-button-private-chat = محادثتنا الخاصة
telegram-button-offers = ⭐ أرني
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ اشترك مقابل { $price }
telegram-button-delete-yes = احذف كل شيء
telegram-button-delete-no = أبقِها
telegram-command-restore = ترميم صورة
telegram-command-quota = ما بقي لك اليوم
telegram-command-settings = اللغة والقوة والحجم
telegram-command-cancel = إلغاء الصور المنتظرة
telegram-command-premium = صور أكثر
telegram-command-unlock = استخدام رمز
telegram-command-help = كيف يعمل، وما لا يستطيعه
telegram-command-privacy = ماذا يُحفظ، وكم من الوقت
telegram-command-deletemydata = احذف صورك وإعداداتك
telegram-command-paysupport = مساعدة في دفعة
telegram-command-terms = شروط البيع

## Errors. None of them costs quota.

error-file-too-large = هذا الملف كبير جدًا: الحد { NUMBER($limit_mb) } ميغابايت.
error-photo-too-large = في هذه الصورة { NUMBER($megapixels) } ميغابكسل؛ والحد { NUMBER($limit_megapixels) }. أرسل نسخة أصغر من فضلك.
error-photo-unreadable = لا أستطيع قراءة هذه الصورة؛ يبدو الملف تالفًا. أرسلها بصيغة JPEG أو PNG من فضلك.
error-photo-truncated = ينتهي هذا الملف قبل أوانه؛ يبدو أنه لم يُنسخ إلى آخره. أرسله مرة أخرى من فضلك.
error-photo-animated = هذه صورة متحركة أو فيديو. أرسل صورة ثابتة من فضلك.
error-not-a-photo = هذه ليست صورة. أرسل صورة من فضلك، مثل JPEG أو PNG.
error-kind-unsupported = هذا ملف { $kind } ولا أستطيع قراءته. احفظه بصيغة JPEG أو PNG ثم أرسله.
error-archive-sent = هذا ملف مضغوط ({ $kind }). فُكه وأرسل لي الصور التي فيه من فضلك.
error-pdf-without-scan = في هذا الـ PDF نص لا صورة ممسوحة. أرسل الصورة نفسها بصيغة JPEG أو PNG من فضلك.
error-pdf-locked = هذا الـ PDF مقفل بكلمة مرور. أرسل الصورة نفسها بصيغة JPEG أو PNG من فضلك.
error-preview-missing = هذا ملف خام من كاميرا ليس فيه صورة أستطيع قراءتها. احفظه بصيغة JPEG ثم أرسله.
error-page-missing = ليس في هذا الملف صفحة رقم { $page }؛ عدد صفحاته { $pages }.
error-no-face-found = لم أجد وجهًا في هذه الصورة. لم يكلفك ذلك شيئًا. أفضل ما تُكتشف الوجوه حين تظهر العينان كلتاهما؛ وكثيرًا ما يفيد مسح ضوئي أقل لمعانًا وغبارًا.
error-nothing-to-restore = لم أجد وجهًا في هذه الصورة. ولا شيء آخر فيها يحتاج إلى إصلاح، فتبقى كما هي. لم يكلفك ذلك شيئًا.
error-face-number-unknown = لا يوجد في هذه الصورة وجه رقم { $number }؛ وجدت { $count }. لم يكلفك ذلك شيئًا.
error-faces-too-small =
    { $count ->
        [one] الوجه في هذه الصورة أصغر من أن يُرمم (أقل من { $limit_px } بكسل).
       *[other] الوجوه في هذه الصورة أصغر من أن تُرمم (أقل من { $limit_px } بكسل).
    } لم يكلفك ذلك شيئًا. كثيرًا ما يفيد مسح ضوئي أكبر.
error-quota-used-up =
    { $limit ->
        [0] الترميم المجاني متوقف هنا.
        [one] استخدمت صورة اليوم المجانية. تحصل على التالية بعد { $renews_in }.
       *[other] استخدمت صور اليوم المجانية ({ $limit }). تحصل على التالية بعد { $renews_in }.
    }
error-queue-full =
    ينتظر عدد كبير من الصور فلا أستطيع أخذ صورة أخرى الآن. حاول مرة أخرى بعد نحو { $minutes ->
        [one] دقيقة واحدة
        [two] دقيقتين
        [few] { $minutes } دقائق
       *[other] { $minutes } دقيقة
    }. لم يكلفك ذلك شيئًا.
error-fair-use-reached = رممت اليوم { $limit } صورة، وهذا ما تتيحه خطتك ليوم واحد. تحصل على التالية بعد { $renews_in }.
error-size-not-in-plan = تكبير الصور { $upscale } مرات ليس ضمن خطتك. ترى الخطط في ‎/premium.
error-print-size-unusable = لا أستطيع تجهيز طباعة بهذا المقاس. اكتب مقاسًا مثل ‎13x18cm أو ‎5x7in، طول كل ضلع من 3 إلى 150 سم. لم يكلفك ذلك شيئًا.
error-model-not-in-plan = النموذج «{ $model }» ليس ضمن خطتك. ترى الخطط في ‎/premium.
error-too-many-at-once =
    { $limit ->
        [one] ما زلت أعمل على صورتك الأخيرة. انتظر حتى تنتهي من فضلك. هذه لم تكلفك شيئًا.
       *[other] ما زلت أعمل على صورك ({ $limit }). انتظر حتى تنتهي واحدة من فضلك. هذه لم تكلفك شيئًا.
    }
error-code-unknown = لا أعرف هذا الرمز. تحقق منه من فضلك.
error-code-mistyped = في هذا الرمز خطأ: حرف واحد على الأقل غير صحيح. تحقق منه من فضلك.
error-code-expired = انتهت صلاحية هذا الرمز.
error-code-used-up = استُخدم هذا الرمز بقدر ما يُسمح.
error-code-redeemed = لقد استخدمت هذا الرمز من قبل.
error-code-revoked = لم يعد هذا الرمز صالحًا.
error-code-elsewhere = يمنح هذا الرمز خصمًا على شيء يُباع في Telegram. استخدمه هناك: ما زال صالحًا.
error-too-many-failures = فشلت صور كثيرة مؤخرًا. حاول مرة أخرى بعد { $wait_in }. هذه لم تكلفك شيئًا.
error-network-quota-used-up = استُخدمت صور شبكتك المجانية لهذا اليوم ({ NUMBER($limit) }). تأتي التالية بعد { $renews_in }.
error-group-quota-used-up = استُخدمت صور اليوم المخصصة للجميع هنا ({ NUMBER($limit) }). تأتي التالية بعد { $renews_in }. يمكنك أيضًا أن ترسل لي الصورة في محادثة خاصة.
error-only-administrators = لا يحق ترميم الصور هنا إلا للمشرفين. يمكنك أن ترسل لي الصورة في محادثة خاصة.
error-too-many-guesses = رموز خاطئة كثيرة. حاول مرة أخرى بعد { $wait_in }.
error-offer-gone = تغير هذا العرض. لم يُدفع شيء. انظر إلى ‎/premium مرة أخرى من فضلك.
error-banned = لا يمكنك استخدام هذا البوت.
error-photo-expired = لم تعد هذه الصورة لدي. أرسلها مرة أخرى من فضلك.
error-nothing-to-cancel = ليست لديك صور منتظرة.
error-too-many-adjustments =
    { $limit ->
        [one] يمكنك تعديل الصورة مرة واحدة، خلال { $minutes } دقيقة من استلامها.
        [two] يمكنك تعديل الصورة مرتين، خلال { $minutes } دقيقة من استلامها.
       *[other] عدد المرات التي يمكنك فيها تعديل الصورة: { $limit }، خلال { $minutes } دقيقة من استلامها.
    }
error-model-unknown = لا يوجد نموذج باسم «{ $model }». النماذج هي: { $known }.
error-model-not-installed = النموذج «{ $model }» غير مثبت هنا.
error-model-not-allowed = لا يجوز استخدام النموذج «{ $model }» هنا.
error-model-broken = لا يمكن استخدام النموذج «{ $model }» حاليًا. لم يكلفك ذلك شيئًا.
error-fidelity-unsupported = ليس للنموذج «{ $model }» مؤشر أمانة.
error-cancelled = أُلغي. لم يكلفك شيئًا.
error-photos-forbidden = لا يُسمح لي في هذه المحادثة بإرسال صور ولا ملفات. يستطيع مشرف أن يسمح بذلك في صلاحيات المحادثة. لم يكلفك ذلك شيئًا.
error-writing-forbidden = لا يُسمح لي بالكتابة في المحادثة التي طلبت فيها ترميم صورتك. يستطيع مشرف أن يسمح بذلك. لم يكلفك ذلك شيئًا؛ ويمكنك أيضًا أن ترسل لي الصورة هنا.
error-internal-error = عذرًا، حدث خطأ من جهتنا. لم يكلفك ذلك شيئًا. حاول مرة أخرى من فضلك.

## Discord

discord-menu-restore = ترميم الوجوه
discord-name-restore = ترميم
discord-name-quota = الحصة
discord-name-settings = الإعدادات
discord-name-cancel = إلغاء
discord-name-premium = مميز
discord-name-unlock = استخدام-رمز
discord-name-privacy = الخصوصية
discord-name-terms = الشروط
discord-name-erase = حذف-بياناتي
discord-name-help = مساعدة
discord-name-photo = صورة
discord-name-model = نموذج
discord-name-strength = القوة
discord-name-fidelity = الأمانة
discord-name-upscale = التكبير
discord-name-scope = النطاق
discord-name-private = خاص
discord-name-language = اللغة
discord-name-code = الرمز
discord-name-server = إعدادات-الخادم
discord-name-who = من
discord-name-per-day = صور-يوميًا
discord-name-results = النتائج
discord-name-where-asked = مكان-الطلب
discord-about-restore = ترميم صورة
discord-about-quota = ما بقي لك اليوم
discord-about-settings = عرض أو تغيير طريقة ترميم صورك
discord-about-cancel = إلغاء الصور المنتظرة
discord-about-premium = صور أكثر
discord-about-unlock = استخدام رمز
discord-about-privacy = ماذا يُحفظ، وكم من الوقت
discord-about-terms = ما يمكنك إرساله وما نَعِد به
discord-about-erase = احذف صورك وإعداداتك
discord-about-help = كيف يعمل، وما لا يستطيعه
discord-about-photo = الصورة
discord-about-model = النموذج الذي يرمم؛ auto يختار الأفضل
discord-about-strength = بالمئة: 100 تعرض الوجوه المرممة، والأقل يُبقي من الأصل أكثر
discord-about-fidelity = بالمئة: 0 أوضح، و100 أقرب إلى الأصل؛ ليس في كل نموذج
discord-about-upscale = كبّر الصورة بهذا العدد من المرات
discord-about-scope = تلقائي: ما تحتاجه الصورة؛ أو وجوهها فقط؛ أو الصورة كلها دائمًا
discord-about-private = أنت وحدك ترى الرد
discord-about-language = اللغة التي أرد بها عليك
discord-about-code = الرمز
discord-about-server = للمشرفين: عرض أو تغيير ما يسري على الجميع في هذا الخادم
discord-about-server-language = بأي لغة أجيب من لم يختر لغة؟
discord-about-server-scope = ماذا أرمم في صور هذه المجموعة، ما لم يقل أحد غير ذلك؟
discord-about-who = من يحق له ترميم الصور هنا؟
discord-about-per-day = الصور في اليوم للخادم كله؛ 0: بلا حد
discord-about-results = القناة التي تذهب إليها الصور المرممة
discord-about-where-asked = إرسال الصور المرممة من جديد حيث يطلبها أحد
discord-gentler = أخف
discord-stronger = أقوى
discord-closer = لا يشبهه تمامًا؟
discord-full-quality = الجودة الكاملة
discord-share = قبل/بعد
discord-whole-photo = الصورة كلها
discord-faces-only = الوجوه فقط
discord-undo-repair = دون إصلاح
discord-restore-whole = رمم الصورة كلها
discord-another-model = نموذج آخر
discord-delete = حذف
discord-alt-after = الصورة المرممة
discord-alt-before = الصورة كما أُرسلت
discord-made-smaller = صُغّرت الصورة لتناسب { $limit_mb } م.ب المسموح بها هنا.
discord-full-quality-here = الصورة المرممة بأعلى جودة.
discord-too-large-here = الملف الكامل أكبر من { $limit_mb } م.ب المسموح بها هنا. هذه أفضل نسخة تناسبها.
discord-not-yours = وحده من طلب هذه الصورة يستطيع استخدام أزرارها.
discord-permission-missing = ينقصني هنا إذن: «{ $permission }». اطلب ممن يديرون هذا الخادم أن يمنحوني إياه.
discord-permission-attach-files = إرفاق الملفات
discord-permission-send-messages = إرسال الرسائل
discord-automatic = تلقائي
discord-scope-auto = تلقائي
discord-scope-faces = الوجوه فقط
discord-scope-photo = الصورة كلها
discord-scope-own = كما يحب كل واحد
discord-who-everybody = الجميع
discord-who-administrators = المشرفون
discord-no-limit = بلا حد
discord-where-asked = حيث يُطلب
discord-results-elsewhere = ستظهر الصورة المرممة في { $channel }.
discord-server-settings =
    إعدادات هذا الخادم، لكل من يطلب هنا:
    اللغة: { $spoken }
    الترميم: { $scope }
    من يطلب: { $who }
    صور في اليوم: { $limit }
    النتائج: { $channel }
discord-settings =
    إعداداتك، لكل صورك:
    النموذج: { $model }
    القوة: { $strength }
    الأمانة: { $fidelity }
    الحجم: × { $upscale }
    الترميم: { $scope }
    اللغة: { $spoken }
discord-help-more = يمكنك أيضًا أن ترسل إليّ صورة في رسالة مباشرة، أو تذكرني مع صورة، أو تختار «التطبيقات» من قائمة رسالة.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] صور بقدر ما تشاء
        [zero] لا صور في اليوم
        [one] صورة واحدة في اليوم
        [two] صورتان في اليوم
        [few] { $photos } صور في اليوم
        [many] { $photos } صورة في اليوم
       *[other] { $photos } صورة في اليوم
    }
discord-offer-photos =
    { $count ->
        [zero] { $plan }: لا صور
        [one] { $plan }: صورة واحدة
        [two] { $plan }: صورتان
        [few] { $plan }: { $count } صور
        [many] { $plan }: { $count } صورة
       *[other] { $plan }: { $count } صورة
    }
discord-offers-note = يعرض Discord الأسعار أدناه ويستلم الدفع. ما يبيعه هنا يسري على حسابك في كل خادم.
discord-privacy = أحتفظ بصورك { $hours } ساعة من أجل أزرارك ثم أحذفها. أحتفظ برقم حسابك، ومتى أرسلت صورًا وما آلت إليه، لأحسب حصتك؛ وبما اخترته في ‎/الإعدادات؛ وبما اشتريته أو استبدلته. لا أحد ينظر إلى صورك، ولا يُدرَّب عليها شيء. الأمر ‎/حذف-بياناتي يحذف فورًا صورك وإعداداتك وما أعرفه عن صورك. يُحذف الرقم حالما لا يحتاجه شيء: عدد اليوم، أو خطة، أو رمز ما زال صالحًا، أو حظر. تُحفظ المدفوعات للمحاسبة دون الرقم.
discord-erase-yes = احذف كل شيء
