### Semua yang dapat dibaca orang, dalam bahasa Indonesia. Kuncinya sama di semua bahasa.
### No native speaker has read this file yet. Corrections are welcome.

## The language

language-name = Bahasa Indonesia

## Lengths of time

duration-seconds = { $count } detik
duration-minutes = { $count } menit
duration-hours = { $count } jam
duration-days = { $count } hari

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Sudah diterima. Fotomu yang berikutnya.
       *[other] Sudah diterima. Ada { $ahead } foto sebelum fotomu.
    }
progress-decode = Membuka fotomu…
progress-detect = Mencari wajah…
progress-repair = Memperbaiki foto…
progress-clean = Membersihkan seluruh foto…
progress-restore =
    { $faces ->
        [1] Ditemukan satu wajah. Sedang dipulihkan…
       *[other] Ditemukan { $faces } wajah. Sejauh ini { $done } dipulihkan…
    }
progress-blend = Menyatukan dengan foto…
progress-encode = Hampir selesai…

## The reply

reply-restored = { $count } wajah dipulihkan.
reply-too-small = { $count } wajah terlalu kecil untuk dipulihkan.
reply-too-many = Wajahnya banyak: yang terbesar dipulihkan, { $count } dibiarkan seperti semula.
reply-cleaned = seluruh foto dibersihkan
reply-cleaned-grain = bintik dihilangkan
reply-cleaned-halftone = titik cetak dihilangkan
reply-cleaned-jpeg = jejak kompresi dihilangkan
reply-repaired = goresan dan debu diperbaiki
reply-repaired-scratches = goresan diperbaiki
reply-repaired-dust = debu dihilangkan
reply-toned = kontras dikembalikan
reply-no-face = Aku tidak menemukan wajah di dalamnya.
reply-remembered = Ini kuingat untuk foto-fotomu berikutnya; ubah lewat /settings.
share-ready = Sebelum dan sesudah, untuk dibagikan.
faces-button = Pilih wajah
print-button = Kualitas cetak
print-choose = Cetakannya mau ukuran berapa?
print-sharp = Pada { $size } cetakan punya { $dpi } titik per inci. Foto ini tercetak tajam sampai { $sharp }.
print-soft = Pada { $size } cetakan punya { $dpi } titik per inci dan tampak lembut. Foto ini tercetak tajam sampai { $sharp }.
faces-choose = Tekan nomor wajah untuk mengubah apa yang terjadi padanya: ✓ pulihkan, ½ dengan lembut, – biarkan. Lalu tekan “Pulihkan”.
faces-restore = Pulihkan
faces-cards = Kartu wajah
faces-none = Pilih paling sedikit satu wajah.
face-card = Wajah { $number }: baris { $row }, nomor { $place } dari kiri.
reminder-button = Beri tahu aku bila sudah ada lagi
reminder-set = Pagi hari, saat foto gratismu ada lagi, aku akan memberi tahu.
reminder = Foto gratismu sudah ada lagi. Kirim foto berikutnya kapan pun kamu mau.
reply-incomplete = { $count } wajah terpotong di berkas dan dibiarkan seperti adanya.
reply-held = { $count } wajah dibuat lebih dekat dengan aslinya agar tetap mirip orangnya.
note-tone-mapped = Rentang terangnya lebar; sudah kusesuaikan dengan layar biasa.
note-gain-map = Kecerahan tambahan untuk layar HDR ditinggalkan.
note-preview = Ini berkas mentah kamera: kupulihkan gambar yang disimpan kamera di dalamnya.
note-incomplete = Berkas berakhir terlalu cepat: { $count } persen foto hilang. Kirim lagi bila kamu punya yang utuh.
note-coarse = Berkas berakhir terlalu cepat, jadi foto kurang detail halus. Kirim lagi bila kamu punya yang utuh.
note-other-pages = Berkas ini punya { $count } halaman atau gambar lagi yang kubiarkan. Kirimkan satu per satu.
offer-upright =
    { $rotation ->
        [180] Foto ini terbalik. Putar?
       *[other] Foto ini miring ke samping. Putar?
    }
quota-left =
    { $left ->
        [0] Tidak ada foto lagi hari ini. Kamu mendapat { $limit } lagi dalam { $renews_in }.
       *[other] Hari ini tersisa { $left } dari { $limit }. Diperbarui dalam { $renews_in }.
    }

## Plans

quota-none = Foto gratis dimatikan di sini.
plan-has = Kamu punya { $plan } selama { $time } lagi.
plan-has-endless = Kamu punya { $plan }.
plan-photos-left = Kamu punya { $count } foto yang sudah dibeli.
offers-free = { $free } foto sehari gratis untuk semua orang.
offers-intro = Dengan paket kamu bisa memulihkan lebih banyak foto, dan fotomu didahulukan:
offers-none = Tidak ada yang dijual di sini.
offers-code = Punya kode? Kirim /unlock dan kodenya.
more-with-premium = Kamu tidak perlu menunggu: /premium menunjukkan cara mendapat lebih banyak foto.
offer-subscription = { $plan }: { $price } bintang setiap { $count } hari, sampai kamu batalkan
offer-days = { $plan }: { $count } hari seharga { $price } bintang
offer-photos = { $plan }: { $count } foto seharga { $price } bintang
offer-instead = (bukan { $full })
unlock-howto = Tulis kode setelah perintah: /unlock KODE
code-discount = Kodenya benar: pembelianmu berikutnya { $percent } % lebih murah. /premium menunjukkan harga.
code-unlocked-photos = Kodenya benar: kamu mendapat { $count } foto lagi ({ $plan }).
code-unlocked-days = Kodenya benar: kamu punya { $plan } selama { $count } hari lagi.

## Commands

help =
    Kirim foto kepadaku dan kupulihkan: setiap wajah, serta goresan, debu, bintik, dan kontras yang pudar bila ada. Di foto yang utuh hanya wajahnya yang berubah.
    Foto lama, buram, tergores, dan pudar boleh saja. Potret paling berhasil; di foto bersama setiap wajah dipulihkan sendiri-sendiri.
    Wajah yang sangat kecil dibiarkan. Wajah yang dipulihkan adalah tebakan yang baik, bukan catatan: detail halus bisa berbeda.
    Foto dihapus setelah { $hours } jam.
help-commands =
    /restore – pulihkan foto
    /quota – sisa hari ini
    /premium – lebih banyak foto
    /unlock – pakai kode
    /settings – bahasa, kekuatan, ukuran
    /cancel – batalkan foto yang menunggu
    /privacy – apa yang disimpan, dan berapa lama
    /deletemydata – hapus foto dan pengaturanmu
    /help – teks ini
restore-howto = Kirim foto dan kupulihkan.
unknown-command = Aku tidak kenal { $command }. Coba /help.
cancelled = Dibatalkan. Tidak ada biaya bagimu.
forget-sure = Hapus foto dan pengaturanmu sekarang? Foto yang menunggu dibatalkan. Foto yang kamu kirim hari ini tetap dihitung.
forget-done = Selesai. Foto dan pengaturanmu sudah dihapus.
legal-privacy-whole = Kebijakan privasi selengkapnya: { $url }
legal-terms = Kirim hanya foto yang boleh kamu pakai. Wajah yang dipulihkan sebagian adalah tebakan jaringan saraf dan bisa berbeda dari orangnya. Foto yang gagal tidak dikenai biaya; selebihnya tidak ada yang dijanjikan.
legal-terms-whole = Ketentuan selengkapnya: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Kembalikan wajah pada foto lama
playground-lead = Kirim foto lama, buram, atau rusak. Wajahnya dipulihkan, juga goresan, bintik, dan warna pudar bila ada; selebihnya tidak berubah.
playground-drop = Letakkan, tempel, atau pilih foto
playground-drop-hint = Hingga { NUMBER($limit_mb) } MB. Foto tetap di server ini dan dihapus setelah { $hours } jam.
playground-drop-here = Lepaskan untuk mengirim foto
playground-sample = Coba foto contoh
playground-add-photo = Tambah foto
playground-message = Pesan
playground-message-hint = Tanya? Ketik /help
playground-send = Kirim
playground-chat = Obrolan
playground-needs-script = Halaman ini memerlukan JavaScript.
playground-privacy = Fotomu kusimpan { $hours } jam, untuk tombol-tombolmu, lalu kuhapus. Kusimpan nomor acak (dalam kuki peramban ini), kapan kamu mengirim foto dan hasilnya, untuk menghitung kuotamu; pilihanmu di /settings; dan yang kamu beli atau tukarkan. Tidak ada yang melihat fotomu, dan tidak ada yang dilatih dengannya. /deletemydata langsung menghapus fotomu, pengaturanmu, dan yang kuketahui tentang fotomu. Nomor itu dihapus begitu tidak diperlukan lagi: hitungan hari ini, paket, kode yang masih berlaku, atau pemblokiran. Pembayaran disimpan untuk pembukuan, tanpa nomor itu.
playground-privacy-link = Privasi
playground-terms-link = Ketentuan
playground-legal-english = Teks ini berbahasa Inggris.
playground-you = Kamu
playground-bot = Magic Memory
playground-your-photo = Fotomu
playground-sending = Mengirim fotomu…
playground-progress = Kemajuan
playground-cancel = Batal
playground-before = Sebelum
playground-after = Sesudah
playground-before-alt = Foto seperti yang kamu kirim
playground-after-alt = Foto yang dipulihkan
playground-compare = Garis antara sebelum dan sesudah
playground-download = Unduh
playground-show-faces = Tampilkan wajah
playground-show-damage = Tampilkan kerusakan
playground-damage-alt = Yang kuanggap kerusakan
playground-faces = Wajah
playground-face-restored = Wajah { $number }: { $width } × { $height } piksel, dipulihkan
playground-face-less-alike = Wajah { $number }: { $width } × { $height } piksel, dipulihkan, tetapi periksa lagi: mungkin kurang mirip aslinya
playground-face-too-small = Wajah { $number }: { $width } × { $height } piksel, terlalu kecil untuk dipulihkan
playground-face-left-alone = Wajah { $number }: { $width } × { $height } piksel, dibiarkan seperti semula
playground-gentler = Lebih lembut
playground-stronger = Lebih kuat
playground-scope-photo = Seluruh foto
playground-scope-faces = Hanya wajah
playground-undo-repair = Tanpa perbaikan
playground-restore-whole = Pulihkan seluruh foto
playground-closer = Kurang mirip?
playground-asked-chosen = Foto yang sama, dengan wajah pilihanku
playground-hold = Tahan untuk melihat aslinya
playground-large-view = Tampilan besar
playground-close = Tutup
playground-zoom-in = Perbesar
playground-zoom-out = Perkecil
playground-copy = Salin
playground-copied = Tersalin. Sekarang bisa ditempel.
playground-not-copied = Peramban ini tidak mengizinkanku menyalin. Unduh saja fotonya.
playground-share = Bagikan…
playground-share-both = Sebelum dan sesudah, untuk dibagikan
playground-share-clip = Klip
playground-share-card = Gambar
playground-download-all = Unduh semua dalam satu berkas
playground-download-cards = Unduh kartu wajah
playground-saved = Tersimpan.
playground-erase = Hapus semuanya
playground-asked-faces = Foto yang sama, hanya wajah, dipulihkan { $percent } %
playground-asked-photo = Seluruh foto diperbaiki dan dibersihkan, wajahnya dipulihkan { $percent } %
playground-asked-auto = Foto yang sama, dipulihkan { $percent } %
playground-asked-undo-repair = Foto yang sama tanpa perbaikan, wajahnya dipulihkan { $percent } %
playground-asked-print = Foto yang sama untuk cetakan { $size }
playground-file-name = { $name } dipulihkan
playground-file-name-plain = Foto dipulihkan
playground-file-name-face = { $name }, wajah { $number } (baris { $row }, nomor { $place })
playground-offline = Koneksi terputus. Aku terus mencoba…
playground-online = Tersambung lagi.
playground-not-sent = Ini tidak terkirim: tidak ada koneksi.
playground-try-again = Coba lagi
playground-expired = Foto ini sudah tidak ada padaku.
playground-error-bad-request = Aku tidak bisa membaca permintaan ini.
playground-error-bad-options = Pilihan ini tidak bisa dipakai.
playground-error-host = Halaman ini tidak menjawab di alamat ini. Pengelolanya bisa mengizinkannya dengan MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = Halaman ini tidak menjawab situs lain. Pengelolanya bisa mengizinkan satu dengan MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Tidak ada apa-apa di sini.
playground-error-login = Masuk dulu, ya.
playground-error-too-fast = Terlalu cepat. Tunggu sebentar.

## Telegram

telegram-about = Sekitar { $time }.
telegram-album-queued =
    { $ahead ->
        [0] { $count } fotomu sudah diterima. Giliran berikutnya.
       *[other] { $count } fotomu sudah diterima. Ada { $ahead } foto sebelumnya.
    }
telegram-album-progress = Memulihkan: { $done } dari { $count } foto selesai…
telegram-album-refused = { $count } foto dari album ini tidak dipulihkan.
telegram-album-line = Foto { $number }: { $text }
telegram-album-pick = Pilih foto untuk tindakan lain:
telegram-adjusted = Perubahan ini gratis.
telegram-ready = Fotomu sudah siap.
telegram-coming = Segera kukirim…
telegram-on-it = Sedang kukerjakan…
telegram-done-already = Yang ini sudah kubuat.
telegram-not-yours = Hanya orang yang meminta yang bisa memakai tombol ini.
telegram-full-quality = Kualitas penuh, sebagai berkas.
telegram-deleted = Dihapus.
telegram-too-old-to-delete = Di sisiku foto sudah dihapus. Telegram hanya mengizinkanku menghapus pesanku selama dua hari: tolong hapus yang ini sendiri.
telegram-file-name = dipulihkan
telegram-start =
    Aku mengembalikan wajah di foto lama dan rusak. Kirim foto kepadaku, dan kubalas dengan yang sudah dipulihkan.
    { $free ->
        [0] Selengkapnya di /help.
       *[other] { $free } foto sehari gratis. Selengkapnya di /help.
    }
telegram-howto = Kirim foto kepadaku, atau balas sebuah foto dengan /restore.
telegram-howto-group = Balas sebuah foto dengan /restore, atau tulis /restore di bawah foto yang kamu kirim.
telegram-guest = Sebagai tamu di obrolan ini aku tidak bisa mengirim foto. Tambahkan aku ke obrolan ini, atau kirim fotonya di obrolan pribadi kita.
telegram-text = Kirim foto kepadaku dan kupulihkan. Selengkapnya di /help.
telegram-not-for-us = Aku hanya bisa memulihkan foto. Kirimkan sebagai foto atau sebagai berkas.
telegram-help =
    Bagaimana cara kerjanya? Jaringan saraf menggambar ulang setiap wajah dari yang tersisa, lalu kusatukan dengan fotomu.
    Apakah penampilan orang berubah? Sedikit: makin buruk fotonya, makin banyak tebakan di wajahnya. “Lebih lembut” mempertahankan lebih banyak aslinya.
    Foto bersama? Ya, setiap wajah yang cukup besar.
    Wajah sangat kecil? Kubiarkan; pindaian yang lebih besar membantu.
    Apa yang tidak bisa? Sobekan besar dan bagian yang hilang tetap ada, dan hitam putih tetap hitam putih. “Tanpa perbaikan” dan “Hanya wajah” membatalkan yang kulakukan selain pada wajah.
    Kualitas terbaik: kirim foto sebagai berkas. Di grup: balas sebuah foto dengan /restore.
telegram-privacy = Fotomu kusimpan { $hours } jam, untuk tombol-tombolmu, lalu kuhapus. Kusimpan nomor akunmu, kapan kamu mengirim foto dan hasilnya, untuk menghitung kuotamu; pilihanmu di /settings; dan yang kamu beli atau tukarkan. Tidak ada yang melihat fotomu, dan tidak ada yang dilatih dengannya. /deletemydata langsung menghapus fotomu, pengaturanmu, dan yang kuketahui tentang fotomu. Nomor itu dihapus begitu tidak diperlukan lagi: hitungan hari ini, paket, kode yang masih berlaku, atau pemblokiran. Pembayaran disimpan untuk pembukuan, tanpa nomor itu.
telegram-delete-kept = Tidak ada yang dihapus.
telegram-premium-group = Yang kamu punya dan yang bisa kamu beli kutunjukkan di obrolan pribadi kita.
telegram-terms = Ketentuan penjualan: { $url }
telegram-terms-none = Dengan bot ini kamu bisa membeli waktu atau foto, hanya untuk akunmu. Tidak ada yang diperpanjang kecuali tawarannya menyebutkan, dan perpanjangan bisa dibatalkan kapan saja. /paysupport membantu soal pertanyaan dan pengembalian.
telegram-receipt = Terima kasih! Pembayaranmu sebesar { $amount } bintang sudah diterima. Pertanyaan: /paysupport
telegram-receipt-subscription = Ini diperpanjang sendiri. Kamu bisa membatalkannya di pengaturan Telegram, di “Bintangku”.
telegram-not-credited = Pembayaranmu sebesar { $amount } bintang sudah diterima, tetapi tidak dapat kucatat untukmu. Pengelola bot ini bisa melihatnya: tulislah kepadanya, lihat /paysupport. Nomor pembayaran: { $charge }
telegram-refunded = Pembayaranmu sebesar { $amount } bintang dikembalikan, dan yang kamu dapat darinya berakhir.
telegram-paysupport = Soal pembayaran tulislah ke { $contact }, dengan nomor pembayaran. Bantuan Telegram sendiri tidak bisa membantu di sini.
telegram-paysupport-nobody = Soal pembayaran tulislah kepada pengelola bot ini, dengan nomor pembayaran. Bantuan Telegram sendiri tidak bisa membantu di sini.
telegram-paysupport-payment = { $date }, { $amount } bintang, nomor { $charge }
settings-title = Pengaturanmu, untuk semua fotomu:
telegram-setting-language = Bahasa: { $value }
telegram-setting-strength = Kekuatan: { $value }
telegram-setting-fidelity = Kesetiaan: { $value }
telegram-setting-upscale = Ukuran: { $value }
telegram-setting-scope = Pulihkan: { $value }
telegram-setting-reply-as-file = Balasan: { $value }
telegram-setting-model = Model: { $value }
setting-about-language = Bahasa apa yang kupakai?
setting-about-strength = Seberapa kuat wajah dipulihkan? Kekuatan lebih rendah mempertahankan lebih banyak aslinya.
setting-about-fidelity = Wajah yang hidup lebih jelas; wajah yang setia lebih dekat dengan aslinya.
setting-about-upscale = Apakah foto perlu diperbesar?
setting-about-scope = Apa yang kupulihkan? Secara otomatis kupulihkan wajah, dan selebihnya yang diperlukan foto: tidak ada bila fotonya utuh. “Seluruh foto” memperbaiki dan membersihkan setiap foto.
setting-about-reply-as-file = Kubalas dengan foto, atau dengan berkas berkualitas penuh?
setting-about-model = Model mana yang memulihkan fotomu?
setting-value-auto = otomatis
setting-value-strength-50 = setengah
setting-value-strength-75 = lembut
setting-value-strength-100 = penuh
setting-value-fidelity-0 = hidup
setting-value-fidelity-50 = seimbang
setting-value-fidelity-100 = setia
setting-value-upscale-1 = apa adanya
setting-value-upscale-2 = dua kali
setting-value-upscale-4 = empat kali
setting-value-scope-faces = hanya wajah
setting-value-scope-photo = seluruh foto
setting-value-reply-as-file-no = foto
setting-value-reply-as-file-yes = berkas
telegram-group-settings = Pengaturan grup ini, untuk para adminnya. Untuk fotomu sendiri di mana pun, kirim /settings di obrolan pribadi kita.
telegram-group-language = Bahasa: { $value }
telegram-group-scope = Pulihkan: { $value }
telegram-group-who = Yang boleh meminta: { $value }
telegram-group-photos-per-day = Foto sehari: { $value }
telegram-group-results = Hasil: { $value }
telegram-group-about-language = Dengan bahasa apa kujawab orang yang belum memilih?
telegram-group-about-scope = Apa yang dipulihkan di foto grup ini, bila tidak ada yang meminta lain?
telegram-group-about-who = Siapa yang boleh memulihkan foto di sini?
telegram-group-about-photos-per-day = Berapa foto sehari yang boleh dipulihkan seluruh grup?
telegram-group-about-results = Ke mana foto yang dipulihkan dikirim?
telegram-group-value-scope-own = sesuka masing-masing
telegram-group-value-who-everybody = semua orang
telegram-group-value-who-administrators = admin
telegram-group-value-photos-per-day-0 = tanpa batas
telegram-group-value-results-asked = di tempat diminta
telegram-group-value-results-here = topik ini
telegram-not-administrator = Hanya admin grup ini yang bisa memakai tombol ini.
telegram-results-elsewhere = Foto yang dipulihkan dikirim ke topik hasil grup ini.
telegram-button-file = 📄 Kualitas penuh
telegram-button-compare = ↔️ Sebelum/sesudah
telegram-button-closer = 🤔 Kurang mirip?
telegram-button-gentler = ➖ Lebih lembut
telegram-button-stronger = ➕ Lebih kuat
telegram-button-vivid = ✨ Lebih hidup
telegram-button-faithful = 🎯 Lebih setia
telegram-button-photo = 🖼️ Seluruh foto
telegram-button-faces = 🙂 Hanya wajah
telegram-button-undo-repair = ↩️ Tanpa perbaikan
telegram-button-whole = 🖼️ Pulihkan seluruh foto
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Kembali
telegram-button-delete = 🗑️ Hapus
telegram-button-delete-photo = 🗑️ Ya, hapus
telegram-button-private-chat = Obrolan pribadi kita
telegram-button-offers = ⭐ Tunjukkan
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Langganan { $price }
telegram-button-delete-yes = Hapus semuanya
telegram-button-delete-no = Simpan
telegram-command-restore = Pulihkan foto
telegram-command-quota = Sisa hari ini
telegram-command-settings = Bahasa, kekuatan, ukuran
telegram-command-cancel = Batalkan foto yang menunggu
telegram-command-premium = Lebih banyak foto
telegram-command-unlock = Pakai kode
telegram-command-help = Cara kerjanya, dan yang tidak bisa
telegram-command-privacy = Apa yang disimpan, dan berapa lama
telegram-command-deletemydata = Hapus foto dan pengaturanmu
telegram-command-paysupport = Bantuan pembayaran
telegram-command-terms = Ketentuan penjualan

## Errors. None of them costs quota.

error-file-too-large = Berkas ini terlalu besar: batasnya { NUMBER($limit_mb) } MB.
error-photo-too-large = Foto ini { NUMBER($megapixels) } megapiksel; batasnya { NUMBER($limit_megapixels) }. Kirim salinan yang lebih kecil.
error-photo-unreadable = Gambar ini tidak bisa kubaca; berkasnya tampak rusak. Kirim sebagai JPEG atau PNG.
error-photo-truncated = Berkas ini berakhir terlalu cepat; tampaknya tidak tersalin sampai akhir. Kirim lagi.
error-photo-animated = Ini animasi atau video. Kirim foto diam.
error-not-a-photo = Ini bukan foto. Kirim gambar, misalnya JPEG atau PNG.
error-kind-unsupported = Ini berkas { $kind }, yang tidak bisa kubaca. Simpan sebagai JPEG atau PNG lalu kirim.
error-archive-sent = Ini berkas arsip ({ $kind }). Buka dan kirim foto di dalamnya.
error-pdf-without-scan = PDF ini berisi teks, bukan pindaian foto. Kirim fotonya sendiri, sebagai JPEG atau PNG.
error-pdf-locked = PDF ini terkunci kata sandi. Kirim fotonya sendiri, sebagai JPEG atau PNG.
error-preview-missing = Ini berkas mentah kamera tanpa gambar yang bisa kubaca. Simpan sebagai JPEG lalu kirim.
error-page-missing = Berkas ini tidak punya halaman { $page }; ada { $pages }.
error-no-face-found = Aku tidak menemukan wajah di foto ini. Tidak ada biaya bagimu. Wajah paling mudah ditemukan bila kedua mata terlihat; pindaian dengan lebih sedikit silau atau debu sering membantu.
error-nothing-to-restore = Aku tidak menemukan wajah di foto ini. Tidak ada hal lain yang perlu diperbaiki, jadi foto ini dibiarkan. Tidak ada biaya bagimu.
error-face-number-unknown = Tidak ada wajah nomor { $number } di foto ini; kutemukan { $count }. Tidak ada biaya bagimu.
error-faces-too-small = Di foto ini { $count } wajah terlalu kecil untuk dipulihkan (di bawah { $limit_px } piksel). Tidak ada biaya bagimu. Pindaian yang lebih besar sering membantu.
error-quota-used-up =
    { $limit ->
        [0] Pemulihan gratis dimatikan di sini.
       *[other] { $limit } foto gratis hari ini sudah kamu pakai. Yang berikutnya dalam { $renews_in }.
    }
error-queue-full = Begitu banyak foto menunggu sehingga aku tidak bisa menerima lagi sekarang. Coba lagi sekitar { $minutes } menit lagi. Tidak ada biaya bagimu.
error-fair-use-reached = Hari ini kamu memulihkan { $limit } foto, sebanyak jatah paketmu untuk sehari. Yang berikutnya dalam { $renews_in }.
error-size-not-in-plan = Memperbesar foto { $upscale } kali tidak termasuk paketmu. /premium menunjukkan paket.
error-print-size-unusable = Aku tidak bisa menyiapkan cetakan ukuran ini. Tulis ukuran seperti 13x18cm atau 5x7in, dengan sisi 3 sampai 150 cm. Ini tidak ada biayanya.
error-model-not-in-plan = Model “{ $model }” tidak termasuk paketmu. /premium menunjukkan paket.
error-too-many-at-once = Aku masih mengerjakan { $limit } fotomu. Tunggu sampai satu selesai. Yang ini tidak ada biayanya.
error-code-unknown = Aku tidak kenal kode ini. Periksa lagi.
error-code-mistyped = Kode ini salah ketik: paling sedikit satu huruf salah. Periksa lagi.
error-code-expired = Kode ini sudah kedaluwarsa.
error-code-used-up = Kode ini sudah dipakai sebanyak yang diizinkan.
error-code-redeemed = Kode ini sudah kamu pakai.
error-code-revoked = Kode ini tidak berlaku lagi.
error-code-elsewhere = Kode ini memberi potongan untuk sesuatu yang dijual di Telegram. Pakai di sana: masih berlaku.
error-too-many-failures = Terlalu banyak foto gagal belakangan ini. Coba lagi dalam { $wait_in }. Yang ini tidak ada biayanya.
error-network-quota-used-up = { NUMBER($limit) } foto gratis jaringanmu hari ini sudah terpakai. Yang berikutnya dalam { $renews_in }.
error-group-quota-used-up = { NUMBER($limit) } foto hari ini untuk semua orang di sini sudah terpakai. Yang berikutnya dalam { $renews_in }. Kamu juga bisa mengirim fotonya di obrolan pribadi.
error-only-administrators = Hanya admin yang boleh memulihkan foto di sini. Kamu bisa mengirim fotonya di obrolan pribadi.
error-too-many-guesses = Terlalu banyak kode salah. Coba lagi dalam { $wait_in }.
error-offer-gone = Tawaran ini sudah berubah. Tidak ada yang dibayar. Lihat /premium lagi.
error-banned = Kamu tidak bisa memakai bot ini.
error-photo-expired = Foto ini sudah tidak ada padaku. Kirim lagi.
error-nothing-to-cancel = Tidak ada fotomu yang menunggu.
error-too-many-adjustments = Foto bisa kamu ubah { $limit } kali, dalam { $minutes } menit setelah menerimanya.
error-model-unknown = Tidak ada model bernama “{ $model }”. Modelnya: { $known }.
error-model-not-installed = Model “{ $model }” tidak terpasang di sini.
error-model-not-allowed = Model “{ $model }” tidak boleh dipakai di sini.
error-model-broken = Model “{ $model }” tidak bisa dipakai saat ini. Tidak ada biaya bagimu.
error-fidelity-unsupported = Model “{ $model }” tidak punya pengatur kesetiaan.
error-cancelled = Dibatalkan. Tidak ada biaya bagimu.
error-photos-forbidden = Di obrolan ini aku tidak boleh mengirim foto maupun berkas. Admin bisa mengizinkannya di izin obrolan. Tidak ada biaya bagimu.
error-writing-forbidden = Aku tidak boleh menulis di obrolan tempat kamu memintaku memulihkan foto. Admin bisa mengizinkannya. Tidak ada biaya bagimu; kamu juga bisa mengirim fotonya di sini.
error-internal-error = Maaf, ada yang salah di pihak kami. Tidak ada biaya bagimu. Coba lagi.

## Discord

discord-menu-restore = Pulihkan wajah
discord-name-restore = pulihkan
discord-name-quota = kuota
discord-name-settings = setelan
discord-name-cancel = batal
discord-name-premium = premium
discord-name-unlock = pakai-kode
discord-name-privacy = privasi
discord-name-terms = ketentuan
discord-name-erase = hapus-data-saya
discord-name-help = bantuan
discord-name-photo = foto
discord-name-model = model
discord-name-strength = kekuatan
discord-name-fidelity = kesetiaan
discord-name-upscale = perbesaran
discord-name-scope = cakupan
discord-name-private = pribadi
discord-name-language = bahasa
discord-name-code = kode
discord-name-server = setelan-server
discord-name-who = siapa
discord-name-per-day = foto-per-hari
discord-name-results = hasil
discord-name-where-asked = tempat-diminta
discord-about-restore = Pulihkan foto
discord-about-quota = Sisa hari ini
discord-about-settings = Lihat atau ubah cara fotomu dipulihkan
discord-about-cancel = Batalkan foto yang menunggu
discord-about-premium = Lebih banyak foto
discord-about-unlock = Pakai kode
discord-about-privacy = Apa yang disimpan, dan berapa lama
discord-about-terms = Apa yang boleh kamu kirim, dan apa yang dijanjikan
discord-about-erase = Hapus foto dan pengaturanmu
discord-about-help = Cara kerjanya, dan yang tidak bisa
discord-about-photo = Fotonya
discord-about-model = Model yang memulihkan; auto memilih yang terbaik
discord-about-strength = Dalam persen: 100 menampilkan wajah yang dipulihkan, lebih kecil menjaga foto asli
discord-about-fidelity = Dalam persen: 0 hidup, 100 setia; tidak semua model punya pilihan ini
discord-about-upscale = Perbesar foto sekian kali
discord-about-scope = Otomatis: yang dibutuhkan foto; atau wajah saja; atau selalu seluruh foto
discord-about-private = Hanya kamu yang melihat jawabannya
discord-about-language = Bahasa jawabanku untukmu
discord-about-code = Kodenya
discord-about-server = Untuk administrator: lihat atau ubah yang berlaku untuk semua di server ini
discord-about-server-language = Dengan bahasa apa kujawab orang yang belum memilih?
discord-about-server-scope = Apa yang dipulihkan di foto grup ini, bila tidak ada yang meminta lain?
discord-about-who = Siapa yang boleh memulihkan foto di sini?
discord-about-per-day = Foto per hari untuk seluruh server; 0: tanpa batas
discord-about-results = Kanal tujuan foto yang dipulihkan
discord-about-where-asked = Kirim lagi foto yang dipulihkan ke tempat orang meminta
discord-gentler = Lebih lembut
discord-stronger = Lebih kuat
discord-closer = Kurang mirip?
discord-full-quality = Kualitas penuh
discord-share = Sebelum/sesudah
discord-whole-photo = Seluruh foto
discord-faces-only = Hanya wajah
discord-undo-repair = Tanpa perbaikan
discord-restore-whole = Pulihkan seluruh foto
discord-another-model = Model lain
discord-delete = Hapus
discord-alt-after = Foto yang dipulihkan
discord-alt-before = Foto seperti saat dikirim
discord-made-smaller = Gambar diperkecil agar muat dalam { $limit_mb } MB yang diizinkan di sini.
discord-full-quality-here = Foto yang dipulihkan dalam kualitas penuh.
discord-too-large-here = Berkas lengkapnya lebih besar dari { $limit_mb } MB yang diizinkan di sini. Ini versi terbaik yang muat.
discord-not-yours = Hanya orang yang meminta foto ini yang bisa memakai tombolnya.
discord-permission-missing = Aku tidak punya izin ini di sini: “{ $permission }”. Mintalah pengelola server ini memberikannya.
discord-permission-attach-files = Lampirkan File
discord-permission-send-messages = Kirim Pesan
discord-automatic = otomatis
discord-scope-auto = otomatis
discord-scope-faces = hanya wajah
discord-scope-photo = seluruh foto
discord-scope-own = sesuka masing-masing
discord-who-everybody = semua orang
discord-who-administrators = admin
discord-no-limit = tanpa batas
discord-where-asked = di tempat diminta
discord-results-elsewhere = Foto yang dipulihkan akan muncul di { $channel }.
discord-server-settings =
    Setelan server ini, untuk semua yang meminta di sini:
    Bahasa: { $spoken }
    Pulihkan: { $scope }
    Yang boleh meminta: { $who }
    Foto sehari: { $limit }
    Hasil: { $channel }
discord-settings =
    Pengaturanmu, untuk semua fotomu:
    Model: { $model }
    Kekuatan: { $strength }
    Kesetiaan: { $fidelity }
    Ukuran: × { $upscale }
    Pulihkan: { $scope }
    Bahasa: { $spoken }
discord-help-more = Kamu juga bisa mengirimiku foto lewat pesan langsung, menyebutku bersama foto, atau memilih “Aplikasi” di menu sebuah pesan.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] foto sebanyak yang kamu mau
       *[other] { $photos } foto per hari
    }
discord-offer-photos =
    { $count ->
       *[other] { $plan }: { $count } foto
    }
discord-offers-note = Discord menampilkan harga di bawah dan menerima pembayarannya. Yang dijual di sini berlaku untuk akunmu di setiap server.
discord-privacy = Fotomu kusimpan { $hours } jam, untuk tombol-tombolmu, lalu kuhapus. Kusimpan nomor akunmu, kapan kamu mengirim foto dan hasilnya, untuk menghitung kuotamu; pilihanmu di /setelan; dan yang kamu beli atau tukarkan. Tidak ada yang melihat fotomu, dan tidak ada yang dilatih dengannya. /hapus-data-saya langsung menghapus fotomu, pengaturanmu, dan yang kuketahui tentang fotomu. Nomor itu dihapus begitu tidak diperlukan lagi: hitungan hari ini, paket, kode yang masih berlaku, atau pemblokiran. Pembayaran disimpan untuk pembukuan, tanpa nomor itu.
discord-erase-yes = Hapus semuanya
