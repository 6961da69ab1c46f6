### Bir insanın okuyabileceği her şey, Türkçe. Anahtarlar bütün dillerde aynıdır.
### No native speaker has read this file yet. Corrections are welcome.

## The language

language-name = Türkçe

## Lengths of time

duration-seconds = { $count } saniye
duration-minutes = { $count } dakika
duration-hours = { $count } saat
duration-days = { $count } gün

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Aldım. Sıradaki fotoğraf sizinki.
       *[other] Aldım. Sizinkinden önce { $ahead } fotoğraf var.
    }
progress-decode = Fotoğrafınızı açıyorum…
progress-detect = Yüzleri arıyorum…
progress-repair = Fotoğrafı onarıyorum…
progress-clean = Bütün fotoğrafı temizliyorum…
progress-restore =
    { $faces ->
        [one] Bir yüz buldum. Onarıyorum…
       *[other] { $faces } yüz buldum. Şimdiye kadar onarılan: { $done }…
    }
progress-blend = Fotoğrafa yerleştiriyorum…
progress-encode = Az kaldı…

## The reply

reply-restored = { $count } yüz onarıldı.
reply-too-small = { $count } yüz onarılamayacak kadar küçüktü.
reply-too-many = Çok yüz var: en büyükleri onarıldı, { $count } yüz olduğu gibi kaldı.
reply-cleaned = bütün fotoğraf temizlendi
reply-cleaned-grain = gren giderildi
reply-cleaned-halftone = baskı noktaları giderildi
reply-cleaned-jpeg = sıkıştırma izleri giderildi
reply-repaired = çizikler ve toz giderildi
reply-repaired-scratches = çizikler giderildi
reply-repaired-dust = toz giderildi
reply-toned = kontrast geri getirildi
reply-no-face = Fotoğrafta yüz bulamadım.
reply-remembered = Bunu sonraki fotoğraflarınız için hatırlayacağım; /settings ile değiştirebilirsiniz.
share-ready = Önce ve sonra, paylaşmak için.
faces-button = Yüzleri seç
print-button = Baskı kalitesi
print-choose = Baskı hangi boyda olsun?
print-sharp = { $size } boyunda baskı inç başına { $dpi } noktadır. Fotoğraf { $sharp } boyuna kadar net basılır.
print-soft = { $size } boyunda baskı inç başına { $dpi } noktadır ve yumuşak görünür. Fotoğraf { $sharp } boyuna kadar net basılır.
faces-choose = Bir yüze ne olacağını değiştirmek için numarasına basın: ✓ onar, ½ hafifçe, – dokunma. Sonra “Onar”a basın.
faces-restore = Onar
faces-cards = Yüz kartları
faces-none = En az bir yüz seçin.
face-card = Yüz { $number }: { $row }. sıra, soldan { $place }. yüz.
reminder-button = Geri gelince haber ver
reminder-set = Ücretsiz fotoğrafınız geri gelince sabah size haber vereceğim.
reminder = Ücretsiz fotoğrafınız geri geldi. Sıradakini istediğiniz zaman gönderin.
reply-incomplete = { $count } yüz dosyada kesik olduğu için olduğu gibi kaldı.
reply-held = Benzerliği korumak için { $count } yüz aslına daha yakın bırakıldı.
note-tone-mapped = Fotoğrafın parlaklık aralığı genişti; sıradan bir ekrana uydurdum.
note-gain-map = HDR ekranlar için olan ek parlaklık bırakıldı.
note-preview = Bu bir kameranın ham dosyası: kameranın içine koyduğu resmi onardım.
note-incomplete = Dosya erken bitiyor: fotoğrafın yüzde { $count } kadarı eksik. Tamamı sizdeyse yeniden gönderin.
note-coarse = Dosya erken bitiyor, bu yüzden fotoğrafta ince ayrıntılar eksik. Tamamı sizdeyse yeniden gönderin.
note-other-pages = Dosyada dokunmadığım { $count } sayfa ya da resim daha var. Lütfen onları tek tek gönderin.
offer-upright =
    { $rotation ->
        [180] Bu fotoğraf baş aşağı. Çevireyim mi?
       *[other] Bu fotoğraf yan yatmış. Çevireyim mi?
    }
quota-left =
    { $left ->
        [0] Bugünlük fotoğraf kalmadı. { $renews_in } sonra yeniden { $limit } hakkınız olacak.
       *[other] Bugün { $limit } haktan { $left } tanesi kaldı. { $renews_in } sonra yenilenir.
    }

## Plans

quota-none = Burada ücretsiz fotoğraf kapalı.
plan-has = { $plan } planınız { $time } daha sürüyor.
plan-has-endless = { $plan } planınız var.
plan-photos-left = Satın alınmış { $count } fotoğrafınız kaldı.
offers-free = Günde { $free } fotoğraf herkese ücretsiz.
offers-intro = Bir planla daha çok fotoğraf onarabilirsiniz ve sizinkiler öne geçer:
offers-none = Burada satılık bir şey yok.
offers-code = Kodunuz mu var? /unlock ve kodu gönderin.
more-with-premium = Beklemek zorunda değilsiniz: /premium nasıl daha çok fotoğraf alacağınızı gösterir.
offer-subscription = { $plan }: iptal edene kadar her { $count } günde { $price } yıldız
offer-days = { $plan }: { $price } yıldıza { $count } gün
offer-photos = { $plan }: { $price } yıldıza { $count } fotoğraf
offer-instead = ({ $full } yerine)
unlock-howto = Kodu komuttan sonra yazın: /unlock KOD
code-discount = Kod geçerli: sonraki alışverişiniz yüzde { $percent } daha ucuz. /premium fiyatları gösterir.
code-unlocked-photos = Kod geçerli: { $count } fotoğraf daha kazandınız ({ $plan }).
code-unlocked-days = Kod geçerli: { $plan } planınız { $count } gün daha sürecek.

## Commands

help =
    Bana bir fotoğraf gönderin, onarayım: her yüzü ve varsa çizikleri, tozu, greni ve solmuş kontrastı. Sağlam bir fotoğrafta yalnızca yüzler değişir.
    Eski, bulanık, çizik ve solmuş fotoğraflar olur. En iyi sonuç portrelerdedir; grup fotoğrafında her yüz ayrı ayrı onarılır.
    Çok küçük yüzler olduğu gibi kalır. Onarılan yüz iyi bir tahmindir, belge değildir: ince ayrıntılar farklı olabilir.
    Fotoğraflar { $hours } saat sonra silinir.
help-commands =
    /restore – bir fotoğraf onar
    /quota – bugün kalan
    /premium – daha çok fotoğraf
    /unlock – bir kod kullan
    /settings – dil, güç, boyut
    /cancel – bekleyen fotoğrafları iptal et
    /privacy – ne, ne kadar süre saklanır
    /deletemydata – fotoğraflarınızı ve ayarlarınızı silin
    /help – bu metin
restore-howto = Bir fotoğraf gönderin, onarayım.
unknown-command = { $command } komutunu bilmiyorum. /help deneyin.
cancelled = İptal edildi. Size hiçbir şeye mal olmadı.
forget-sure = Fotoğraflarınız ve ayarlarınız şimdi silinsin mi? Bekleyen fotoğraflar iptal edilir. Bugün gönderdikleriniz yine sayılır.
forget-done = Tamam. Fotoğraflarınız ve ayarlarınız silindi.
legal-privacy-whole = Gizlilik politikasının tamamı: { $url }
legal-terms = Yalnızca kullanma hakkınız olan fotoğrafları gönderin. Onarılan bir yüz kısmen bir sinir ağının tahminidir ve kişiden farklı olabilir. Başarısız olan fotoğraf ücretsizdir; bunun ötesinde bir söz verilmez.
legal-terms-whole = Koşulların tamamı: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Eski fotoğraflara yüzlerini geri verin
playground-lead = Eski, bulanık ya da hasarlı bir fotoğraf gönderin. Yüzleri, varsa çizikleri, greni ve solmuş renkleri onarılır; başka hiçbir şey değişmez.
playground-drop = Bir fotoğraf bırakın, yapıştırın ya da seçin
playground-drop-hint = En çok { NUMBER($limit_mb) } MB. Fotoğraflar bu sunucuda kalır ve { $hours } saat sonra silinir.
playground-drop-here = Göndermek için bırakın
playground-sample = Örnek fotoğrafı deneyin
playground-add-photo = Fotoğraf ekle
playground-message = Mesaj
playground-message-hint = Sorular? /help yazın
playground-send = Gönder
playground-chat = Sohbet
playground-needs-script = Bu sayfa için JavaScript gerekir.
playground-privacy = Fotoğraflarınızı düğmeleriniz için { $hours } saat saklar, sonra silerim. Kotanızı saymak için (bu tarayıcının bir çerezinde) rastgele bir numarayı, ne zaman fotoğraf gönderdiğinizi ve sonuçlarını; /settings içindeki seçimlerinizi; satın aldıklarınızı ve kullandığınız kodları saklarım. Fotoğraflarınıza kimse bakmaz ve onlarla hiçbir şey eğitilmez. /deletemydata fotoğraflarınızı, ayarlarınızı ve fotoğraflarınız hakkında bildiklerimi hemen siler. Numara artık hiçbir şey için gerekmediğinde silinir: bugünün sayımı, bir plan, hâlâ geçerli bir kod ya da bir engel. Ödemeler muhasebe için numarasız saklanır.
playground-privacy-link = Gizlilik
playground-terms-link = Koşullar
playground-legal-english = Bu metin İngilizcedir.
playground-you = Siz
playground-bot = Magic Memory
playground-your-photo = Fotoğrafınız
playground-sending = Fotoğrafınız gönderiliyor…
playground-progress = İlerleme
playground-cancel = İptal
playground-before = Önce
playground-after = Sonra
playground-before-alt = Gönderdiğiniz fotoğraf
playground-after-alt = Onarılmış fotoğraf
playground-compare = Önce ile sonra arasındaki çizgi
playground-download = İndir
playground-show-faces = Yüzleri göster
playground-show-damage = Hasarı göster
playground-damage-alt = Hasar saydığım yerler
playground-faces = Yüzler
playground-face-restored = Yüz { $number }: { $width } × { $height } piksel, onarıldı
playground-face-less-alike = Yüz { $number }: { $width } × { $height } piksel, onarıldı, ama dikkatle bakın: aslına daha az benziyor olabilir
playground-face-too-small = Yüz { $number }: { $width } × { $height } piksel, onarılamayacak kadar küçük
playground-face-left-alone = Yüz { $number }: { $width } × { $height } piksel, olduğu gibi kaldı
playground-gentler = Daha hafif
playground-stronger = Daha güçlü
playground-scope-photo = Bütün fotoğraf
playground-scope-faces = Yalnızca yüzler
playground-undo-repair = Onarmadan
playground-restore-whole = Bütün fotoğrafı onar
playground-closer = Tam benzemedi mi?
playground-asked-chosen = Aynı fotoğraf, seçtiğim yüzlerle
playground-hold = Aslını görmek için basılı tutun
playground-large-view = Büyük görünüm
playground-close = Kapat
playground-zoom-in = Büyüt
playground-zoom-out = Küçült
playground-copy = Kopyala
playground-copied = Kopyalandı. Şimdi yapıştırabilirsiniz.
playground-not-copied = Bu tarayıcı kopyalamama izin vermiyor. Onun yerine indirin.
playground-share = Paylaş…
playground-share-both = Önce ve sonra, paylaşmak için
playground-share-clip = Klip
playground-share-card = Resim
playground-download-all = Hepsini tek dosyada indir
playground-download-cards = Yüz kartlarını indir
playground-saved = Kaydedildi.
playground-erase = Her şeyi sil
playground-asked-faces = Aynı fotoğraf, yalnızca yüzler, %{ $percent } onarımla
playground-asked-photo = Bütün fotoğraf onarılıp temizlenmiş, yüzler %{ $percent } onarımla
playground-asked-auto = Aynı fotoğraf, %{ $percent } onarımla
playground-asked-undo-repair = Aynı fotoğraf onarılmadan, yüzler %{ $percent } onarımla
playground-asked-print = Aynı fotoğraf, { $size } baskı için
playground-file-name = { $name } onarılmış
playground-file-name-plain = Onarılmış fotoğraf
playground-file-name-face = { $name }, yüz { $number } ({ $row }. sıra, { $place }. yüz)
playground-offline = Bağlantı koptu. Denemeyi sürdürüyorum…
playground-online = Yeniden bağlandı.
playground-not-sent = Bu gönderilmedi: bağlantı yok.
playground-try-again = Yeniden dene
playground-expired = Bu fotoğraf artık bende yok.
playground-error-bad-request = Bu isteği okuyamıyorum.
playground-error-bad-options = Bu seçenekler kullanılamaz.
playground-error-host = Sayfa bu adreste yanıt vermiyor. İşletmecisi MAGIC_PLAYGROUND_ORIGINS ile izin verebilir.
playground-error-origin = Sayfa başka sitelere yanıt vermiyor. İşletmecisi MAGIC_PLAYGROUND_ORIGINS ile bir siteye izin verebilir.
playground-error-not-found = Burada bir şey yok.
playground-error-login = Lütfen önce oturum açın.
playground-error-too-fast = Bu çok hızlıydı. Lütfen biraz bekleyin.

## Telegram

telegram-about = Yaklaşık { $time }.
telegram-album-queued =
    { $ahead ->
        [0] { $count } fotoğrafınızı aldım. Sırada onlar var.
       *[other] { $count } fotoğrafınızı aldım. Onlardan önce { $ahead } fotoğraf var.
    }
telegram-album-progress = Onarıyorum: { $count } fotoğraftan { $done } tanesi bitti…
telegram-album-refused = Bu albümdeki { $count } fotoğraf onarılmadı.
telegram-album-line = Fotoğraf { $number }: { $text }
telegram-album-pick = Daha fazlası için bir fotoğraf seçin:
telegram-adjusted = Bu değişiklik ücretsizdi.
telegram-ready = Fotoğrafınız hazır.
telegram-coming = Hemen geliyor…
telegram-on-it = Yapıyorum…
telegram-done-already = Bunu zaten yaptım.
telegram-not-yours = Bu düğmeleri yalnızca bunu isteyen kişi kullanabilir.
telegram-full-quality = Tam kalite, dosya olarak.
telegram-deleted = Silindi.
telegram-too-old-to-delete = Fotoğrafı kendi tarafımda sildim. Telegram mesajlarımı yalnızca iki gün kaldırmama izin veriyor: bunu lütfen siz kaldırın.
telegram-file-name = onarilmis
telegram-start =
    Eski ve hasarlı fotoğraflara yüzlerini geri veririm. Bana bir fotoğraf gönderin, onarılmış hâliyle yanıtlayayım.
    { $free ->
        [0] Daha fazlası: /help
       *[other] Günde { $free } fotoğraf ücretsiz. Daha fazlası: /help
    }
telegram-howto = Bana bir fotoğraf gönderin ya da bir fotoğrafı /restore ile yanıtlayın.
telegram-howto-group = Bir fotoğrafı /restore ile yanıtlayın ya da gönderdiğiniz fotoğrafın altına /restore yazın.
telegram-guest = Bu sohbette konuk olarak fotoğraf gönderemem. Beni bu sohbete ekleyin ya da fotoğrafı özel sohbetimizde gönderin.
telegram-text = Bana bir fotoğraf gönderin, onarayım. Daha fazlası: /help
telegram-not-for-us = Yalnızca fotoğraf onarabilirim. Lütfen fotoğraf ya da dosya olarak gönderin.
telegram-help =
    Nasıl çalışır? Bir sinir ağı her yüzü ondan kalanlardan yeniden çizer, ben de fotoğrafınıza yerleştiririm.
    Kişinin görünüşü değişir mi? Biraz: fotoğraf ne kadar kötüyse yüzde o kadar tahmin vardır. “Daha hafif” aslından daha çoğunu korur.
    Grup fotoğrafları? Evet, yeterince büyük her yüz.
    Çok küçük yüzler? Onlara dokunmam; daha büyük bir tarama işe yarar.
    Neyi yapamam? Büyük yırtıklar ve eksik parçalar kalır, siyah beyaz siyah beyaz kalır. “Onarmadan” ve “Yalnızca yüzler” yüzlerin dışında yaptıklarımı geri alır.
    En iyi kalite: fotoğrafı dosya olarak gönderin. Grupta: bir fotoğrafı /restore ile yanıtlayın.
telegram-privacy = Fotoğraflarınızı düğmeleriniz için { $hours } saat saklar, sonra silerim. Kotanızı saymak için hesabınızın numarasını, ne zaman fotoğraf gönderdiğinizi ve sonuçlarını; /settings içindeki seçimlerinizi; satın aldıklarınızı ve kullandığınız kodları saklarım. Fotoğraflarınıza kimse bakmaz ve onlarla hiçbir şey eğitilmez. /deletemydata fotoğraflarınızı, ayarlarınızı ve fotoğraflarınız hakkında bildiklerimi hemen siler. Numara artık hiçbir şey için gerekmediğinde silinir: bugünün sayımı, bir plan, hâlâ geçerli bir kod ya da bir engel. Ödemeler muhasebe için numarasız saklanır.
telegram-delete-kept = Hiçbir şey silinmedi.
telegram-premium-group = Neye sahip olduğunuzu ve neler alabileceğinizi özel sohbetimizde gösteririm.
telegram-terms = Satış koşulları: { $url }
telegram-terms-none = Bu bottan yalnızca kendi hesabınız için süre ya da fotoğraf alabilirsiniz. Teklif söylemedikçe hiçbir şey yenilenmez; yenilemeyi her zaman iptal edebilirsiniz. Sorular ve iadeler için /paysupport.
telegram-receipt = Teşekkürler! { $amount } yıldızlık ödemeniz ulaştı. Sorular için: /paysupport
telegram-receipt-subscription = Kendiliğinden yenilenir. Telegram ayarlarında “Yıldızlarım” bölümünden iptal edebilirsiniz.
telegram-not-credited = { $amount } yıldızlık ödemeniz ulaştı, ama hesabınıza geçiremedim. Botu işleten kişi bunu görebilir: ona yazın, bkz. /paysupport. Ödemenin numarası: { $charge }
telegram-refunded = { $amount } yıldızlık ödemeniz iade edildi ve karşılığında aldığınız şey sona erdi.
telegram-paysupport = Ödemeler için ödeme numarasıyla { $contact } adresine yazın. Telegram’ın kendi desteği burada yardımcı olamaz.
telegram-paysupport-nobody = Ödemeler için ödeme numarasıyla botu işleten kişiye yazın. Telegram’ın kendi desteği burada yardımcı olamaz.
telegram-paysupport-payment = { $date }, { $amount } yıldız, numara { $charge }
settings-title = Ayarlarınız, bütün fotoğraflarınız için:
telegram-setting-language = Dil: { $value }
telegram-setting-strength = Güç: { $value }
telegram-setting-fidelity = Sadakat: { $value }
telegram-setting-upscale = Boyut: { $value }
telegram-setting-scope = Onar: { $value }
telegram-setting-reply-as-file = Yanıt: { $value }
telegram-setting-model = Model: { $value }
setting-about-language = Hangi dili kullanayım?
setting-about-strength = Yüzler ne kadar güçlü onarılsın? Daha düşük güç aslından daha çoğunu korur.
setting-about-fidelity = Canlı yüzler daha nettir; sadık yüzler aslına daha yakındır.
setting-about-upscale = Fotoğraf büyütülsün mü?
setting-about-scope = Neyi onarayım? Otomatikte yüzleri, geri kalandan da fotoğrafın gerektirdiğini onarırım: sağlamsa hiçbir şeyi. “Bütün fotoğraf” her fotoğrafı onarır ve temizler.
setting-about-reply-as-file = Fotoğrafla mı, tam kalitede dosyayla mı yanıtlayayım?
setting-about-model = Fotoğraflarınızı hangi model onarsın?
setting-value-auto = otomatik
setting-value-strength-50 = yarım
setting-value-strength-75 = hafif
setting-value-strength-100 = tam
setting-value-fidelity-0 = canlı
setting-value-fidelity-50 = dengeli
setting-value-fidelity-100 = sadık
setting-value-upscale-1 = olduğu gibi
setting-value-upscale-2 = iki kat
setting-value-upscale-4 = dört kat
setting-value-scope-faces = yalnızca yüzler
setting-value-scope-photo = bütün fotoğraf
setting-value-reply-as-file-no = fotoğraf
setting-value-reply-as-file-yes = dosya
telegram-group-settings = Bu grubun ayarları, yöneticileri için. Kendi fotoğraflarınız için özel sohbetimizde /settings gönderin.
telegram-group-language = Dil: { $value }
telegram-group-scope = Onar: { $value }
telegram-group-who = Kim isteyebilir: { $value }
telegram-group-photos-per-day = Günlük fotoğraf: { $value }
telegram-group-results = Sonuçlar: { $value }
telegram-group-about-language = Dil seçmemiş kişilere hangi dilde yanıt vereyim?
telegram-group-about-scope = Kimse başka bir şey söylemezse bu grubun fotoğraflarında ne onarılsın?
telegram-group-about-who = Burada kim fotoğraf onartabilir?
telegram-group-about-photos-per-day = Bütün grup günde kaç fotoğraf onartabilir?
telegram-group-about-results = Onarılan fotoğraflar nereye gitsin?
telegram-group-value-scope-own = herkes nasıl isterse
telegram-group-value-who-everybody = herkes
telegram-group-value-who-administrators = yöneticiler
telegram-group-value-photos-per-day-0 = sınırsız
telegram-group-value-results-asked = istendiği yere
telegram-group-value-results-here = bu konuya
telegram-not-administrator = Bu düğmeleri yalnızca bu grubun yöneticileri kullanabilir.
telegram-results-elsewhere = Onarılan fotoğraf bu grubun sonuç konusuna gelecek.
telegram-button-file = 📄 Tam kalite
telegram-button-compare = ↔️ Önce/sonra
telegram-button-closer = 🤔 Tam benzemedi mi?
telegram-button-gentler = ➖ Daha hafif
telegram-button-stronger = ➕ Daha güçlü
telegram-button-vivid = ✨ Daha canlı
telegram-button-faithful = 🎯 Daha sadık
telegram-button-photo = 🖼️ Bütün fotoğraf
telegram-button-faces = 🙂 Yalnızca yüzler
telegram-button-undo-repair = ↩️ Onarmadan
telegram-button-whole = 🖼️ Bütün fotoğrafı onar
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Geri
telegram-button-delete = 🗑️ Sil
telegram-button-delete-photo = 🗑️ Evet, sil
telegram-button-private-chat = Özel sohbetimiz
telegram-button-offers = ⭐ Göster
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ { $price } ile abone ol
telegram-button-delete-yes = Her şeyi sil
telegram-button-delete-no = Kalsın
telegram-command-restore = Bir fotoğraf onar
telegram-command-quota = Bugün kalan
telegram-command-settings = Dil, güç, boyut
telegram-command-cancel = Bekleyen fotoğrafları iptal et
telegram-command-premium = Daha çok fotoğraf
telegram-command-unlock = Bir kod kullan
telegram-command-help = Nasıl çalışır ve neyi yapamaz
telegram-command-privacy = Ne, ne kadar süre saklanır
telegram-command-deletemydata = Fotoğraflarınızı ve ayarlarınızı silin
telegram-command-paysupport = Ödeme yardımı
telegram-command-terms = Satış koşulları

## Errors. None of them costs quota.

error-file-too-large = Bu dosya çok büyük: sınır { NUMBER($limit_mb) } MB.
error-photo-too-large = Bu fotoğraf { NUMBER($megapixels) } megapiksel; sınır { NUMBER($limit_megapixels) }. Lütfen daha küçük bir kopya gönderin.
error-photo-unreadable = Bu resmi okuyamıyorum; dosya bozuk görünüyor. Lütfen JPEG ya da PNG olarak gönderin.
error-photo-truncated = Bu dosya erken bitiyor; sonuna kadar kopyalanmamış görünüyor. Lütfen yeniden gönderin.
error-photo-animated = Bu bir animasyon ya da video. Lütfen durağan bir fotoğraf gönderin.
error-not-a-photo = Bu bir fotoğraf değil. Lütfen bir resim gönderin, örneğin JPEG ya da PNG.
error-kind-unsupported = Bu bir { $kind } dosyası, okuyamıyorum. Lütfen JPEG ya da PNG olarak kaydedip gönderin.
error-archive-sent = Bu bir arşiv ({ $kind }). Lütfen açıp içindeki fotoğrafları gönderin.
error-pdf-without-scan = Bu PDF taranmış bir fotoğraf değil, metin içeriyor. Lütfen fotoğrafın kendisini JPEG ya da PNG olarak gönderin.
error-pdf-locked = Bu PDF parolayla korunuyor. Lütfen fotoğrafın kendisini JPEG ya da PNG olarak gönderin.
error-preview-missing = Bu, okuyabileceğim bir resmi olmayan bir kamera ham dosyası. Lütfen JPEG olarak kaydedip gönderin.
error-page-missing = Bu dosyada { $page }. sayfa yok; { $pages } sayfası var.
error-no-face-found = Bu fotoğrafta yüz bulamadım. Size hiçbir şeye mal olmadı. Yüzler en iyi iki göz de görününce bulunur; daha az parlama ve toz içeren bir tarama çoğu zaman işe yarar.
error-nothing-to-restore = Bu fotoğrafta yüz bulamadım. Başka onarılacak bir yeri de yok, bu yüzden olduğu gibi kalıyor. Size hiçbir şeye mal olmadı.
error-face-number-unknown = Bu fotoğrafta { $number } numaralı yüz yok; { $count } yüz buldum. Size hiçbir şeye mal olmadı.
error-faces-too-small =
    { $count ->
        [one] Bu fotoğraftaki yüz onarılamayacak kadar küçük ({ $limit_px } pikselden az).
       *[other] Bu fotoğraftaki yüzler onarılamayacak kadar küçük ({ $limit_px } pikselden az).
    } Size hiçbir şeye mal olmadı. Daha büyük bir tarama çoğu zaman işe yarar.
error-quota-used-up =
    { $limit ->
        [0] Burada ücretsiz onarım kapalı.
        [one] Bugünün ücretsiz fotoğrafını kullandınız. Sıradaki { $renews_in } sonra.
       *[other] Bugünün { $limit } ücretsiz fotoğrafını kullandınız. Sıradakiler { $renews_in } sonra.
    }
error-queue-full = O kadar çok fotoğraf bekliyor ki şu anda bir yenisini alamıyorum. Lütfen yaklaşık { $minutes } dakika sonra yeniden deneyin. Size hiçbir şeye mal olmadı.
error-fair-use-reached = Bugün { $limit } fotoğraf onarttınız; planınızın bir günlük sınırı bu. Sıradakiler { $renews_in } sonra.
error-size-not-in-plan = Fotoğrafları { $upscale } kat büyütmek planınıza dâhil değil. /premium planları gösterir.
error-print-size-unusable = Bu boyda bir baskı hazırlayamıyorum. Lütfen 13x18cm veya 5x7in gibi bir boy yazın; kenarlar 3 ile 150 cm arasında olsun. Bu size hiçbir şeye mal olmadı.
error-model-not-in-plan = “{ $model }” modeli planınıza dâhil değil. /premium planları gösterir.
error-too-many-at-once = Hâlâ { $limit } fotoğrafınız üzerinde çalışıyorum. Lütfen biri bitene kadar bekleyin. Bu size hiçbir şeye mal olmadı.
error-code-unknown = Bu kodu bilmiyorum. Lütfen denetleyin.
error-code-mistyped = Bu kod yanlış yazılmış: en az bir karakter hatalı. Lütfen denetleyin.
error-code-expired = Bu kodun süresi dolmuş.
error-code-used-up = Bu kod kullanılabileceği kadar kullanılmış.
error-code-redeemed = Bu kodu zaten kullandınız.
error-code-revoked = Bu kod artık geçerli değil.
error-code-elsewhere = Bu kod Telegram’da satılan bir şey için indirim sağlıyor. Orada kullanın: hâlâ geçerli.
error-too-many-failures = Son zamanlarda çok fazla fotoğraf başarısız oldu. Lütfen { $wait_in } sonra yeniden deneyin. Bu size hiçbir şeye mal olmadı.
error-network-quota-used-up = Ağınızın bugünkü { NUMBER($limit) } ücretsiz fotoğrafı kullanıldı. Sıradakiler { $renews_in } sonra.
error-group-quota-used-up = Buradaki herkes için bugünkü { NUMBER($limit) } fotoğraf kullanıldı. Sıradakiler { $renews_in } sonra. Fotoğrafı bana özel sohbette de gönderebilirsiniz.
error-only-administrators = Burada yalnızca yöneticiler fotoğraf onartabilir. Fotoğrafı bana özel sohbette gönderebilirsiniz.
error-too-many-guesses = Çok fazla yanlış kod. Lütfen { $wait_in } sonra yeniden deneyin.
error-offer-gone = Bu teklif değişti. Hiçbir şey ödenmedi. Lütfen /premium bölümüne yeniden bakın.
error-banned = Bu botu kullanamazsınız.
error-photo-expired = Bu fotoğraf artık bende yok. Lütfen yeniden gönderin.
error-nothing-to-cancel = Bekleyen fotoğrafınız yok.
error-too-many-adjustments = Bir fotoğrafı, aldıktan sonra { $minutes } dakika içinde { $limit } kez değiştirebilirsiniz.
error-model-unknown = “{ $model }” adında bir model yok. Modeller: { $known }.
error-model-not-installed = “{ $model }” modeli burada kurulu değil.
error-model-not-allowed = “{ $model }” modeli burada kullanılamaz.
error-model-broken = “{ $model }” modeli şu anda kullanılamıyor. Size hiçbir şeye mal olmadı.
error-fidelity-unsupported = “{ $model }” modelinin sadakat ayarı yok.
error-cancelled = İptal edildi. Size hiçbir şeye mal olmadı.
error-photos-forbidden = Bu sohbette ne fotoğraf ne de dosya gönderebiliyorum. Bir yönetici sohbetin izinlerinde buna izin verebilir. Size hiçbir şeye mal olmadı.
error-writing-forbidden = Fotoğrafınızı onarmamı istediğiniz sohbette yazamıyorum. Bir yönetici buna izin verebilir. Size hiçbir şeye mal olmadı; fotoğrafı bana burada da gönderebilirsiniz.
error-internal-error = Üzgünüm, bizim tarafımızda bir şeyler ters gitti. Size hiçbir şeye mal olmadı. Lütfen yeniden deneyin.

## Discord

discord-menu-restore = Yüzleri onar
discord-name-restore = onar
discord-name-quota = hak
discord-name-settings = ayarlar
discord-name-cancel = iptal
discord-name-premium = premium
discord-name-unlock = kod-kullan
discord-name-privacy = gizlilik
discord-name-terms = koşullar
discord-name-erase = verilerimi-sil
discord-name-help = yardım
discord-name-photo = fotoğraf
discord-name-model = model
discord-name-strength = güç
discord-name-fidelity = sadakat
discord-name-upscale = büyütme
discord-name-scope = kapsam
discord-name-private = özel
discord-name-language = dil
discord-name-code = kod
discord-name-server = sunucu-ayarları
discord-name-who = kim
discord-name-per-day = günlük-fotoğraf
discord-name-results = sonuçlar
discord-name-where-asked = istenen-yer
discord-about-restore = Bir fotoğraf onar
discord-about-quota = Bugün kalan
discord-about-settings = Fotoğraflarınızın nasıl onarıldığını görün ya da değiştirin
discord-about-cancel = Bekleyen fotoğrafları iptal et
discord-about-premium = Daha çok fotoğraf
discord-about-unlock = Bir kod kullan
discord-about-privacy = Ne, ne kadar süre saklanır
discord-about-terms = Ne gönderebilirsin, ne vaat ediliyor
discord-about-erase = Fotoğraflarınızı ve ayarlarınızı silin
discord-about-help = Nasıl çalışır ve neyi yapamaz
discord-about-photo = Fotoğraf
discord-about-model = Onaran model; auto en iyisini seçer
discord-about-strength = Yüzde: 100 onarılan yüzleri gösterir, daha azı aslından daha çok korur
discord-about-fidelity = Yüzde: 0 canlı, 100 aslına sadık; her modelde yoktur
discord-about-upscale = Fotoğrafı bu kadar kat büyüt
discord-about-scope = Otomatik: fotoğrafa gereken; ya da yalnız yüzler; ya da her durumda bütün fotoğraf
discord-about-private = Yanıtı yalnız siz görürsünüz
discord-about-language = Size yanıt verdiğim dil
discord-about-code = Kod
discord-about-server = Yöneticiler için: bu sunucuda herkes için geçerli olanı gör ya da değiştir
discord-about-server-language = Dil seçmemiş kişilere hangi dilde yanıt vereyim?
discord-about-server-scope = Kimse başka bir şey söylemezse bu grubun fotoğraflarında ne onarılsın?
discord-about-who = Burada kim fotoğraf onartabilir?
discord-about-per-day = Bütün sunucu için günlük fotoğraf; 0: sınırsız
discord-about-results = Onarılan fotoğrafların gittiği kanal
discord-about-where-asked = Onarılan fotoğrafları yine istenen yere gönder
discord-gentler = Daha hafif
discord-stronger = Daha güçlü
discord-closer = Tam benzemedi mi?
discord-full-quality = Tam kalite
discord-share = Önce/sonra
discord-whole-photo = Bütün fotoğraf
discord-faces-only = Yalnızca yüzler
discord-undo-repair = Onarmadan
discord-restore-whole = Bütün fotoğrafı onar
discord-another-model = Başka model
discord-delete = Sil
discord-alt-after = Onarılan fotoğraf
discord-alt-before = Gönderildiği haliyle fotoğraf
discord-made-smaller = Görsel, burada izin verilen { $limit_mb } MB’a sığması için küçültüldü.
discord-full-quality-here = Onarılan fotoğraf, tam kalitede.
discord-too-large-here = Tam dosya burada izin verilen { $limit_mb } MB’tan büyük. Sığan en iyi hali bu.
discord-not-yours = Bu fotoğrafın düğmelerini yalnız onu isteyen kişi kullanabilir.
discord-permission-missing = Burada bir iznim eksik: “{ $permission }”. Lütfen bu sunucuyu yönetenlerden bana vermelerini isteyin.
discord-permission-attach-files = Dosya Ekle
discord-permission-send-messages = Mesaj Gönder
discord-automatic = otomatik
discord-scope-auto = otomatik
discord-scope-faces = yalnızca yüzler
discord-scope-photo = bütün fotoğraf
discord-scope-own = herkes nasıl isterse
discord-who-everybody = herkes
discord-who-administrators = yöneticiler
discord-no-limit = sınırsız
discord-where-asked = istendiği yere
discord-results-elsewhere = Onarılan fotoğraf { $channel } kanalına gelecek.
discord-server-settings =
    Bu sunucunun ayarları, burada isteyen herkes için:
    Dil: { $spoken }
    Onar: { $scope }
    Kim isteyebilir: { $who }
    Günlük fotoğraf: { $limit }
    Sonuçlar: { $channel }
discord-settings =
    Ayarlarınız, bütün fotoğraflarınız için:
    Model: { $model }
    Güç: { $strength }
    Sadakat: { $fidelity }
    Boyut: × { $upscale }
    Onar: { $scope }
    Dil: { $spoken }
discord-help-more = Bana özel mesajla da fotoğraf gönderebilir, bir fotoğrafla benden bahsedebilir ya da bir mesajın menüsünde “Uygulamalar”ı seçebilirsiniz.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] istediğiniz kadar fotoğraf
        [one] günde { $photos } fotoğraf
       *[other] günde { $photos } fotoğraf
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } fotoğraf
       *[other] { $plan }: { $count } fotoğraf
    }
discord-offers-note = Discord fiyatları aşağıda gösterir ve ödemeyi alır. Burada sattığı, her sunucuda hesabınız için geçerlidir.
discord-privacy = Fotoğraflarınızı düğmeleriniz için { $hours } saat saklar, sonra silerim. Kotanızı saymak için hesabınızın numarasını, ne zaman fotoğraf gönderdiğinizi ve sonuçlarını; /ayarlar içindeki seçimlerinizi; satın aldıklarınızı ve kullandığınız kodları saklarım. Fotoğraflarınıza kimse bakmaz ve onlarla hiçbir şey eğitilmez. /verilerimi-sil fotoğraflarınızı, ayarlarınızı ve fotoğraflarınız hakkında bildiklerimi hemen siler. Numara artık hiçbir şey için gerekmediğinde silinir: bugünün sayımı, bir plan, hâlâ geçerli bir kod ya da bir engel. Ödemeler muhasebe için numarasız saklanır.
discord-erase-yes = Her şeyi sil
