### Every sentence a person can read, in English. Other languages have the same keys.

## The language

language-name = English

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } second
       *[other] { $count } seconds
    }
duration-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
duration-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
duration-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Got it. Your photo is next.
        [one] Got it. { $ahead } photo is ahead of yours.
       *[other] Got it. { $ahead } photos are ahead of yours.
    }
progress-decode = Opening your photo…
progress-repair = Repairing the photo…
progress-detect = Looking for faces…
progress-clean = Cleaning the whole photo…
progress-restore =
    { $faces ->
        [one] Found one face. Restoring it…
       *[other] Found { $faces } faces. Restored { $done } so far…
    }
progress-blend = Blending…
progress-encode = Almost done…

## The reply

reply-restored =
    { $count ->
        [one] One face restored.
       *[other] { $count } faces restored.
    }
reply-too-small =
    { $count ->
        [one] One face was too small to restore.
       *[other] { $count } faces were too small to restore.
    }
reply-too-many =
    { $count ->
        [one] There are many faces: the largest were restored, { $count } left as it was.
       *[other] There are many faces: the largest were restored, { $count } left as they were.
    }
reply-cleaned = the whole photo cleaned
reply-cleaned-grain = grain removed
reply-cleaned-halftone = printing dots removed
reply-cleaned-jpeg = traces of compression removed
reply-repaired = scratches and dust repaired
reply-repaired-scratches = scratches repaired
reply-repaired-dust = dust removed
reply-toned = contrast brought back
reply-no-face = I found no face in it.
reply-remembered = I remember this for your next photos; /settings changes it.
share-ready = Before and after, to share.
faces-button = Choose faces
print-button = Print quality
print-choose = Which size should the print have?
print-sharp = At { $size } the print has { $dpi } dots an inch. The photo prints sharp up to { $sharp }.
print-soft = At { $size } the print has { $dpi } dots an inch and looks soft. The photo prints sharp up to { $sharp }.
faces-choose = Press a face’s number to change what happens to it: ✓ restore, ½ gently, – leave alone. Then press “Restore”.
faces-restore = Restore
faces-cards = Face cards
faces-none = Choose at least one face.
face-card = Face { $number }: row { $row }, number { $place } from the left.
reminder-button = Tell me when it is back
reminder-set = I will tell you in the morning when your free photo is back.
reminder = Your free photo is back. Send me the next one whenever you like.
reply-incomplete =
    { $count ->
        [one] One face is cut off in the file and was left as it is.
       *[other] { $count } faces are cut off in the file and were left as they are.
    }
reply-held =
    { $count ->
        [one] One face was kept closer to the original, so that it still looks like the same person.
       *[other] { $count } faces were kept closer to the original, so that they still look like the same people.
    }
note-tone-mapped = It had a high dynamic range; I made it fit an ordinary screen.
note-gain-map = The extra brightness for HDR screens is left out.
note-preview = It is a camera’s raw file: I restored the picture that the camera put into it.
note-incomplete = The file ends too early: { $count } percent of the photo are missing. Send it again if you have it in full.
note-coarse = The file ends too early, so the photo lacks fine detail. Send it again if you have it in full.
note-other-pages =
    { $count ->
        [one] The file has one more page or picture, which I left as it is. Please send it by itself.
       *[other] The file has { $count } more pages or pictures, which I left as they are. Please send them one by one.
    }
offer-upright =
    { $rotation ->
        [180] This photo is upside down. Turn it?
       *[other] This photo lies on its side. Turn it?
    }
quota-left =
    { $left ->
        [0] No more photos today. You get { $limit } again in { $renews_in }.
       *[other] You have { $left } of { $limit } left today. It renews in { $renews_in }.
    }

## Plans

quota-none = Free photos are switched off here.
plan-has = You have { $plan } for another { $time }.
plan-has-endless = You have { $plan }.
plan-photos-left =
    { $count ->
        [one] You have { $count } bought photo left.
       *[other] You have { $count } bought photos left.
    }
offers-free =
    { $free ->
        [one] One photo a day is free for everybody.
       *[other] { $free } photos a day are free for everybody.
    }
offers-intro = With a plan you can restore more photos, and yours go first:
offers-none = Nothing is for sale here.
offers-code = Do you have a code? Send /unlock and the code.
more-with-premium = You do not have to wait: /premium shows how to get more photos.
offer-subscription = { $plan }: { $price } Stars every { $count } days, until you cancel
offer-days =
    { $count ->
        [one] { $plan }: { $count } day for { $price } Stars
       *[other] { $plan }: { $count } days for { $price } Stars
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } photo for { $price } Stars
       *[other] { $plan }: { $count } photos for { $price } Stars
    }
offer-instead = (instead of { $full })
unlock-howto = Write your code after the command: /unlock CODE
code-discount = The code is good: your next purchase costs { $percent } % less. /premium shows the prices.
code-unlocked-photos =
    { $count ->
        [one] The code is good: you have { $count } more photo ({ $plan }).
       *[other] The code is good: you have { $count } more photos ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] The code is good: you have { $plan } for { $count } more day.
       *[other] The code is good: you have { $plan } for { $count } more days.
    }

## Commands

help =
    Send me a photo and I restore it: every face, and scratches, dust, grain and faded contrast where it has them. A sound photo changes only in its faces.
    Old, blurred, scratched and faded photos are fine. Portraits work best; in a group photo each face is restored by itself.
    Very small faces are left as they are. A restored face is a good guess, not a record: fine details may differ.
    Photos are deleted after { $hours } hours.
help-commands =
    /restore – restore a photo
    /quota – what you have left today
    /premium – more photos
    /unlock – use a code
    /settings – language, strength, size
    /cancel – cancel waiting photos
    /privacy – what is kept, and for how long
    /deletemydata – delete your photos and settings
    /help – this text
restore-howto = Send a photo, and I restore it.
unknown-command = I do not know { $command }. Try /help.
cancelled = Cancelled. It cost you nothing.
forget-sure = Delete your photos and your settings now? Waiting photos are cancelled. Photos that you sent today still count.
forget-done = Done. Your photos and settings are deleted.
legal-privacy-whole = The whole privacy policy: { $url }
legal-terms = Send only photos that you may use. A restored face is partly a guess of a neural network and may differ from the person. A photo that fails costs nothing; beyond that nothing is promised.
legal-terms-whole = The whole terms: { $url }

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Give old photos their faces back
playground-lead = Send an old, blurred or damaged photo. Its faces are restored, and scratches, grain and fading where it has them; nothing else changes.
playground-drop = Drop, paste or pick a photo
playground-drop-hint = Up to { NUMBER($limit_mb) } MB. Photos stay on this server and are deleted after { $hours } hours.
playground-drop-here = Let go to send the photo
playground-sample = Try the sample photo
playground-add-photo = Add a photo
playground-message = Message
playground-message-hint = Questions? Type /help
playground-send = Send
playground-chat = Chat
playground-needs-script = This page needs JavaScript.
playground-privacy = I keep your photos for { $hours } hours, for your buttons, and then delete them. I keep a random id (in a cookie of this browser), when you sent photos and what came of them, to count your quota; what you chose in /settings; and what you bought or redeemed. Nobody looks at your photos, and nothing is trained on them. /deletemydata deletes your photos, your settings and what I know of your photos at once. The id is deleted as soon as nothing needs it any more: today’s count, a plan, a code that is still valid, or a ban. Payments are kept for the accounts, without the id.
playground-privacy-link = Privacy
playground-terms-link = Terms
playground-legal-english = This text is in English.
playground-you = You
playground-bot = Magic Memory
playground-your-photo = Your photo
playground-sending = Sending your photo…
playground-progress = Progress
playground-cancel = Cancel
playground-before = Before
playground-after = After
playground-before-alt = The photo as you sent it
playground-after-alt = The restored photo
playground-compare = Divider between before and after
playground-download = Download
playground-show-faces = Show faces
playground-show-damage = Show damage
playground-damage-alt = What I took for damage
playground-faces = Faces
playground-face-restored = Face { $number }: { $width } × { $height } pixels, restored
playground-face-less-alike = Face { $number }: { $width } × { $height } pixels, restored, but look twice: it may resemble the original less
playground-face-too-small = Face { $number }: { $width } × { $height } pixels, too small to restore
playground-face-left-alone = Face { $number }: { $width } × { $height } pixels, left as it was
playground-gentler = Gentler
playground-stronger = Stronger
playground-scope-photo = Whole photo
playground-scope-faces = Faces only
playground-undo-repair = Undo repair
playground-restore-whole = Restore the whole photo
playground-closer = Not quite like them?
playground-asked-chosen = The same photo, with the faces that I chose
playground-hold = Hold to see the original
playground-large-view = Large view
playground-close = Close
playground-zoom-in = Enlarge
playground-zoom-out = Reduce
playground-copy = Copy
playground-copied = Copied. You can paste it now.
playground-not-copied = This browser does not let me copy it. Download it instead.
playground-share = Share…
playground-share-both = Before and after, to share
playground-share-clip = Clip
playground-share-card = Picture
playground-download-all = Download all in one file
playground-download-cards = Download the face cards
playground-saved = Saved.
playground-erase = Delete everything
playground-asked-faces = The same photo, faces only, restored at { $percent } %
playground-asked-photo = The whole photo repaired and cleaned, its faces restored at { $percent } %
playground-asked-auto = The same photo, restored at { $percent } %
playground-asked-undo-repair = The same photo without the repair, its faces restored at { $percent } %
playground-asked-print = The same photo for a print of { $size }
playground-file-name = { $name } restored
playground-file-name-plain = Restored photo
playground-file-name-face = { $name }, face { $number } (row { $row }, number { $place })
playground-offline = The connection is gone. I keep trying…
playground-online = Connected again.
playground-not-sent = This was not sent: there is no connection.
playground-try-again = Try again
playground-expired = I no longer have this photo.
playground-error-bad-request = I cannot read this request.
playground-error-bad-options = These options cannot be used.
playground-error-host = The playground does not answer under this address. Its operator can allow it with MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = The playground does not answer other sites. Its operator can allow one with MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = There is nothing here.
playground-error-login = Please log in first.
playground-error-too-fast = That was too fast. Please wait a moment.

## Telegram

telegram-about = About { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Got your { $count } photos. They are next.
        [one] Got your { $count } photos. { $ahead } photo is ahead of them.
       *[other] Got your { $count } photos. { $ahead } photos are ahead of them.
    }
telegram-album-progress = Restoring: { $done } of { $count } photos done…
telegram-album-refused =
    { $count ->
        [one] One photo of this album was not restored.
       *[other] { $count } photos of this album were not restored.
    }
telegram-album-line = Photo { $number }: { $text }
telegram-album-pick = Pick a photo for more:
telegram-adjusted = This adjustment was free.
telegram-ready = Your photo is ready.
telegram-coming = Coming right up…
telegram-on-it = On it…
telegram-done-already = I made this one already.
telegram-not-yours = Only the person who asked for this can use these buttons.
telegram-full-quality = Full quality, as a file.
telegram-deleted = Deleted.
telegram-too-old-to-delete = I have deleted the photo on my side. Telegram lets me remove my messages for two days only: please remove this one yourself.
telegram-file-name = restored
telegram-start =
    I give old and damaged photos their faces back. Send me a photo, and I reply with the restored one.
    { $free ->
        [0] /help says more.
        [one] One photo a day is free. /help says more.
       *[other] { $free } photos a day are free. /help says more.
    }
telegram-howto = Send me a photo, or reply to one with /restore.
telegram-howto-group = Reply to a photo with /restore, or write /restore below a photo that you send.
telegram-guest = As a guest in this chat I cannot send photos. Add me to this chat, or send me the photo in our private chat.
telegram-text = Send me a photo, and I restore it. /help says more.
telegram-not-for-us = I can only restore photos. Please send me one, as a photo or as a file.
telegram-help =
    How does it work? A neural network draws each face anew from what is left of it, and I blend it into your photo.
    Does it change how someone looks? A little: the worse the photo, the more of the face is a guess. “Gentler” keeps more of the original.
    Group photos? Yes, every face that is large enough.
    Very small faces? I leave them alone; a larger scan helps.
    What can I not do? Large tears and missing parts stay, and black and white stays black and white. “Undo repair” and “Faces only” take back what I did beside the faces.
    Best quality: send the photo as a file. In a group: reply to a photo with /restore.
telegram-privacy = I keep your photos for { $hours } hours, for your buttons, and then delete them. I keep your account’s id, when you sent photos and what came of them, to count your quota; what you chose in /settings; and what you bought or redeemed. Nobody looks at your photos, and nothing is trained on them. /deletemydata deletes your photos, your settings and what I know of your photos at once. The id is deleted as soon as nothing needs it any more: today’s count, a plan, a code that is still valid, or a ban. Payments are kept for the accounts, without the id.
telegram-delete-kept = Nothing was deleted.
telegram-premium-group = I show what you have and what you can buy in our private chat.
telegram-terms = The terms of sale: { $url }
telegram-terms-none = You can buy time or photos with this bot, for your account only. Nothing renews unless the offer says so, and you can cancel a renewal at any time. /paysupport helps with questions and refunds.
telegram-receipt = Thank you! Your payment of { $amount } Stars has arrived. Questions about it: /paysupport
telegram-receipt-subscription = It renews by itself. You can cancel it in Telegram’s settings, under “My Stars”.
telegram-not-credited = Your payment of { $amount } Stars has arrived, but I could not credit it to you. The person who runs this bot can see it: please write to them, see /paysupport. Number of the payment: { $charge }
telegram-refunded = Your payment of { $amount } Stars was refunded, and what you got for it has ended.
telegram-paysupport = About payments write to { $contact }, with the payment’s number. Telegram’s own support cannot help here.
telegram-paysupport-nobody = About payments write to the person who runs this bot, with the payment’s number. Telegram’s own support cannot help here.
telegram-paysupport-payment = { $date }, { $amount } Stars, number { $charge }
settings-title = Your settings, for all your photos:
telegram-setting-language = Language: { $value }
telegram-setting-strength = Strength: { $value }
telegram-setting-fidelity = Faithfulness: { $value }
telegram-setting-upscale = Size: { $value }
telegram-setting-scope = Restore: { $value }
telegram-setting-reply-as-file = Reply: { $value }
telegram-setting-model = Model: { $value }
setting-about-language = Which language should I use?
setting-about-strength = How strongly should faces be restored? A lower strength keeps more of the original.
setting-about-fidelity = Vivid faces are clearer; faithful faces are closer to the original.
setting-about-upscale = Should the photo become larger?
setting-about-scope = What should I restore? Automatically I restore the faces, and of the rest what the photo needs: nothing if it is sound. “Whole photo” repairs and cleans every photo.
setting-about-reply-as-file = Should I reply with a photo, or with a file in full quality?
setting-about-model = Which model should restore your photos?
setting-value-auto = automatic
setting-value-strength-50 = half
setting-value-strength-75 = gentle
setting-value-strength-100 = full
setting-value-fidelity-0 = vivid
setting-value-fidelity-50 = balanced
setting-value-fidelity-100 = faithful
setting-value-upscale-1 = as it is
setting-value-upscale-2 = twice
setting-value-upscale-4 = four times
setting-value-scope-faces = faces only
setting-value-scope-photo = whole photo
setting-value-reply-as-file-no = photo
setting-value-reply-as-file-yes = file
telegram-group-settings = The settings of this group, for its administrators. For your own photos everywhere, send me /settings in our private chat.
telegram-group-language = Language: { $value }
telegram-group-scope = Restore: { $value }
telegram-group-who = Who may ask: { $value }
telegram-group-photos-per-day = Photos a day: { $value }
telegram-group-results = Results: { $value }
telegram-group-about-language = In which language should I answer people who chose none?
telegram-group-about-scope = What should I restore in this group’s photos, unless somebody says otherwise?
telegram-group-about-who = Who may have photos restored here?
telegram-group-about-photos-per-day = How many photos a day may the whole group have restored?
telegram-group-about-results = Where should restored photos go?
telegram-group-value-scope-own = as each person likes
telegram-group-value-who-everybody = everybody
telegram-group-value-who-administrators = administrators
telegram-group-value-photos-per-day-0 = no limit
telegram-group-value-results-asked = where somebody asks
telegram-group-value-results-here = this topic
telegram-not-administrator = Only administrators of this group can use these buttons.
telegram-results-elsewhere = The restored photo comes in this group’s topic for results.
telegram-button-file = 📄 Full quality
telegram-button-compare = ↔️ Before/after
telegram-button-closer = 🤔 Not quite like them?
telegram-button-gentler = ➖ Gentler
telegram-button-stronger = ➕ Stronger
telegram-button-vivid = ✨ More vivid
telegram-button-faithful = 🎯 More faithful
telegram-button-photo = 🖼️ Whole photo
telegram-button-faces = 🙂 Faces only
telegram-button-undo-repair = ↩️ Undo repair
telegram-button-whole = 🖼️ Restore the whole photo
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Back
telegram-button-delete = 🗑️ Delete
telegram-button-delete-photo = 🗑️ Delete it
telegram-button-private-chat = Our private chat
telegram-button-offers = ⭐ Show me
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Subscribe for { $price }
telegram-button-delete-yes = Delete everything
telegram-button-delete-no = Keep
telegram-command-restore = Restore a photo
telegram-command-quota = What you have left today
telegram-command-settings = Language, strength, size
telegram-command-cancel = Cancel waiting photos
telegram-command-premium = More photos
telegram-command-unlock = Use a code
telegram-command-help = How it works, and what it cannot do
telegram-command-privacy = What is kept, and for how long
telegram-command-deletemydata = Delete your photos and settings
telegram-command-paysupport = Help with a payment
telegram-command-terms = Terms of sale
telegram-admin-help =
    /admin stats – counts of today and of the last seven days
    /admin user ID – what a user has, was given and paid
    /admin quota ID – what a user has left today
    /admin gift ID PLAN [NUMBER] – give days or photos of a plan
    /admin ban ID [REASON], /admin unban ID – ban a user, and lift the ban
    /admin refund PAYMENT [ID] – refund a payment, and withdraw what it bought
telegram-admin-no-payment = There is no such payment. If you know who paid, add their ID.
telegram-admin-not-refunded = Telegram does not refund it: { $reason }
telegram-admin-refunded = Refunded: { $charge }
telegram-admin-banned = { $account } is banned.
telegram-admin-unbanned = { $account } is no longer banned.

## What administrators are told in every chat

admin-version = Magic Memory { $version }
admin-waiting = Waiting or being restored: { $waiting }
admin-today = Today:
admin-week = Last seven days:
admin-stats = { $photos } photos of { $people } people ({ $newcomers } new): { $delivered } delivered with { $faces } faces, { $failed } failed, { $cancelled } cancelled
admin-p95 = 95 % were answered within { $seconds } s
admin-failures = Reasons of failures: { $what }
admin-paid = Paid: { $what }
admin-paid-back = Refunded: { $what }
admin-user-banned = Banned: { $reason }
admin-grant-days = { $date }: { $amount } days of { $plan } by { $source }
admin-grant-photos = { $date }: { $amount } photos of { $plan } by { $source }
admin-grant-open = { $date }: { $plan } by { $source }, for as long as the shop says
admin-payment = { $date }: paid { $amount } { $currency } for { $plan }, number { $charge }
admin-taken-back = { $what } (taken back)
admin-no-such-plan = There is no such plan. The plans are: { $plans }.
admin-bad-number = A gift is between 1 and { $most } days or photos.
admin-given = { $account } has it. { $quota }

## Discord. Names of commands and options are one word in lower case; descriptions have up to 100 letters.

discord-menu-restore = Restore faces
discord-name-restore = restore
discord-name-quota = quota
discord-name-settings = settings
discord-name-cancel = cancel
discord-name-premium = premium
discord-name-unlock = unlock
discord-name-privacy = privacy
discord-name-terms = terms
discord-name-erase = delete-my-data
discord-name-help = help
discord-name-photo = photo
discord-name-model = model
discord-name-strength = strength
discord-name-fidelity = fidelity
discord-name-upscale = upscale
discord-name-scope = scope
discord-name-private = private
discord-name-language = language
discord-name-code = code
discord-name-server = server-settings
discord-name-who = who
discord-name-per-day = photos-per-day
discord-name-results = results
discord-name-where-asked = where-asked
discord-about-restore = Restore a photo
discord-about-quota = What you have left today
discord-about-settings = See or change how your photos are restored
discord-about-cancel = Cancel waiting photos; it costs you nothing
discord-about-premium = What you can get beyond the free photos
discord-about-unlock = Use a code
discord-about-privacy = What is kept about you, and for how long
discord-about-terms = What you may send, and what is promised
discord-about-erase = Delete your photos and your settings
discord-about-help = How it works, and what it cannot do
discord-about-photo = The photo
discord-about-model = The model that restores; auto takes the best one
discord-about-strength = In percent: 100 shows the restored faces, less keeps more of the original photo
discord-about-fidelity = In percent: 0 is vivid, 100 is faithful; not every model has this choice
discord-about-upscale = Make the photo this many times larger
discord-about-scope = Automatic: what the photo needs; or only its faces; or the whole photo in any case
discord-about-private = Only you see the answer
discord-about-language = The language I answer you in
discord-about-code = The code
discord-about-server = For administrators: see or change what applies to everybody on this server
discord-about-server-language = The language for people who chose none
discord-about-server-scope = What to restore, unless somebody says otherwise
discord-about-who = Who may have photos restored here
discord-about-per-day = Photos a day for the whole server; 0: no limit
discord-about-results = The channel that restored photos go to
discord-about-where-asked = Send restored photos where somebody asks again
discord-admin-about = For the people who run this bot
discord-admin-stats-about = Counts of today and of the last seven days
discord-admin-quota-about = What a user has left today
discord-admin-user-about = What a user has, was given and paid
discord-admin-gift-about = Give days or photos of a plan
discord-gentler = Gentler
discord-stronger = Stronger
discord-closer = Not quite like them?
discord-full-quality = Full quality
discord-share = Before/after
discord-whole-photo = Whole photo
discord-faces-only = Faces only
discord-undo-repair = Undo repair
discord-restore-whole = Restore the whole photo
discord-another-model = Another model
discord-delete = Delete
discord-alt-after = The restored photo
discord-alt-before = The photo as it was sent
discord-made-smaller = The image was made smaller to fit the { $limit_mb } MB that are allowed here.
discord-full-quality-here = The restored photo in full quality.
discord-too-large-here = The full file is larger than the { $limit_mb } MB that are allowed here. This is the best version that fits.
discord-not-yours = Only the person who asked for this photo can use its buttons.
discord-permission-missing = I lack a permission here: “{ $permission }”. Please ask the people who run this server to give it to me.
discord-permission-attach-files = Attach Files
discord-permission-send-messages = Send Messages
discord-automatic = automatic
discord-scope-auto = automatic
discord-scope-faces = faces only
discord-scope-photo = whole photo
discord-scope-own = as each person likes
discord-who-everybody = everybody
discord-who-administrators = administrators
discord-no-limit = no limit
discord-where-asked = where somebody asks
discord-results-elsewhere = The restored photo comes in { $channel }.
discord-server-settings =
    The settings of this server, for everybody who asks here:
    Language: { $spoken }
    Scope: { $scope }
    Who may ask: { $who }
    Photos a day: { $limit }
    Results: { $channel }
discord-settings =
    Your settings, for all your photos:
    Model: { $model }
    Strength: { $strength }
    Faithfulness: { $fidelity }
    Size: × { $upscale }
    Scope: { $scope }
    Language: { $spoken }
discord-help-more = You can also send me a photo in a direct message, mention me with one, or pick “Apps” in a message’s menu.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] as many photos as you like
        [one] { $photos } photo a day
       *[other] { $photos } photos a day
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } photo
       *[other] { $plan }: { $count } photos
    }
discord-offers-note = Discord shows the prices below and takes the payment. What it sells here is for your account, in every server.
discord-privacy = I keep your photos for { $hours } hours, for the buttons under them, and then delete them. I keep your account’s id, when you sent photos and what came of them, to count your quota; your settings; and what you bought or redeemed. Nobody looks at your photos, and nothing is trained on them. /delete-my-data deletes your photos, your settings and what I know of your photos at once. The id is deleted as soon as nothing needs it any more: today’s count, a plan, a code that is still valid, or a ban. Payments are kept for the accounts, without the id.
discord-erase-yes = Delete everything
discord-admin-not-for-you = This command is for the people who run the bot.
discord-admin-servers = Servers: { $servers }, connections: { $shards }
discord-admin-ban-about = Ban a user
discord-admin-unban-about = Lift a ban
discord-admin-banned = { $name } is banned.
discord-admin-unbanned = { $name } is no longer banned.

## Errors. None of them costs quota.

error-file-too-large = This file is too large: { NUMBER($limit_mb) } MB is the limit.
error-photo-too-large = This photo has { NUMBER($megapixels) } megapixels; { NUMBER($limit_megapixels) } is the limit. Please send a smaller copy.
error-photo-unreadable = I cannot read this picture; the file seems damaged. Please send it as a JPEG or PNG.
error-photo-truncated = This file ends too early; it seems it was not copied to the end. Please send it again.
error-photo-animated = This is an animation or a video. Please send a still photo.
error-not-a-photo = This is not a photo. Please send a picture, for example a JPEG or PNG.
error-kind-unsupported = This is a { $kind } file, which I cannot read. Please save it as a JPEG or PNG and send that.
error-archive-sent = This is a packed file ({ $kind }). Please unpack it and send me the photos in it.
error-pdf-without-scan = This PDF holds text, not a scanned photo. Please send the photo itself, as a JPEG or PNG.
error-pdf-locked = This PDF is locked with a password. Please send the photo itself, as a JPEG or PNG.
error-preview-missing = This is a camera’s raw file without a picture that I can read. Please save it as a JPEG and send that.
error-page-missing = This file has no page { $page }; it has { $pages }.
error-no-face-found = I found no face in this photo. It did not cost you anything. Faces are found best where both eyes can be seen; a scan with less glare or dust often helps.
error-nothing-to-restore = I found no face in this photo. Nothing else in it needs repair, so it stays as it is. It did not cost you anything.
error-face-number-unknown = There is no face number { $number } in this photo; I found { $count }. It did not cost you anything.
error-faces-too-small =
    { $count ->
        [one] The face in this photo is too small to restore (under { $limit_px } pixels).
       *[other] The faces in this photo are too small to restore (under { $limit_px } pixels).
    } It did not cost you anything. A larger scan often helps.
error-quota-used-up =
    { $limit ->
        [0] Free restorations are switched off here.
        [one] You have used today’s free photo. You get the next one in { $renews_in }.
       *[other] You have used today’s { $limit } free photos. You get the next ones in { $renews_in }.
    }
error-queue-full =
    So many photos are waiting that I cannot take another one right now. Please try again in about { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }. It did not cost you anything.
error-fair-use-reached = You have restored { $limit } photos today, which is as many as your plan has for one day. You get the next ones in { $renews_in }.
error-size-not-in-plan = Making photos { $upscale } times larger is not part of your plan. /premium shows the plans.
error-print-size-unusable = I cannot prepare a print of this size. Please write a size such as 13x18cm or 5x7in, with sides from 3 to 150 cm. It did not cost you anything.
error-model-not-in-plan = The model “{ $model }” is not part of your plan. /premium shows the plans.
error-too-many-at-once =
    { $limit ->
        [one] I am still working on your last photo. Please wait until it is done. This one did not cost you anything.
       *[other] I am still working on { $limit } photos of yours. Please wait until one is done. This one did not cost you anything.
    }
error-code-unknown = I do not know this code. Please check it.
error-code-mistyped = This code is mistyped: at least one character is wrong. Please check it.
error-code-expired = This code has expired.
error-code-used-up = This code has been used as often as it may be.
error-code-redeemed = You have used this code already.
error-code-revoked = This code is no longer valid.
error-code-elsewhere = This code gives a discount on something that is sold on Telegram. Use it there: it is still valid.
error-too-many-failures = Too many photos failed lately. Please try again in { $wait_in }. This one did not cost you anything.
error-network-quota-used-up = Today’s { NUMBER($limit) } free photos of your network are used. You get the next ones in { $renews_in }.
error-group-quota-used-up = Today’s { NUMBER($limit) } photos for everybody here are used. The next ones come in { $renews_in }. You can also send me the photo in a private chat.
error-only-administrators = Only administrators may have photos restored here. You can send me the photo in a private chat.
error-too-many-guesses = Too many wrong codes. Please try again in { $wait_in }.
error-offer-gone = This offer has changed. Nothing was paid. Please look at /premium again.
error-banned = You cannot use this bot.
error-photo-expired = I no longer have this photo. Please send it again.
error-nothing-to-cancel = You have no waiting photos.
error-too-many-adjustments =
    { $limit ->
        [one] You can adjust a photo once, within { $minutes } minutes of getting it.
       *[other] You can adjust a photo { $limit } times, within { $minutes } minutes of getting it.
    }
error-model-unknown = There is no model called “{ $model }”. The models are: { $known }.
error-model-not-installed = The model “{ $model }” is not installed here.
error-model-not-allowed = The model “{ $model }” may not be used here.
error-model-broken = The model “{ $model }” cannot be used at the moment. It did not cost you anything.
error-fidelity-unsupported = The model “{ $model }” has no fidelity slider.
error-cancelled = Cancelled. It cost you nothing.
error-photos-forbidden = I may send neither photos nor files in this chat. An administrator can allow it in the chat’s permissions. It did not cost you anything.
error-writing-forbidden = I may not write in the chat where you asked me to restore your photo. An administrator can allow it. It did not cost you anything; you can also send me the photo here.
error-internal-error = Sorry, something went wrong on our side. It did not cost you anything. Please try again.
