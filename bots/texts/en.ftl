### Every sentence a person can read, in English. Other languages have the same keys.

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

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Got it. Your photo is next.
        [one] Got it. { $ahead } photo is ahead of yours.
       *[other] Got it. { $ahead } photos are ahead of yours.
    }
progress-decode = Opening your photo…
progress-detect = Looking for faces…
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
quota-left =
    { $left ->
        [0] No more photos today. You get { $limit } again in { $renews_in }.
       *[other] You have { $left } of { $limit } left today. It renews in { $renews_in }.
    }

## Commands

help =
    Send me a photo and I restore the faces in it. Nothing else in your photo changes.
    Old, blurred, scratched or faded: portraits work best, group photos work too, face by face.
    Very small faces are left as they are. A restored face is a good guess, not a record: fine details may differ.
    Photos are deleted after { $hours } hours.
help-commands =
    /restore – restore a photo
    /quota – what you have left today
    /help – this text
restore-howto = Send a photo, and I restore the faces in it.
unknown-command = I do not know { $command }. Try /help.
cancelled = Dropped. It cost you nothing.

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Give old photos their faces back
playground-lead = Send an old, blurred or damaged photo. The faces in it are restored; nothing else in it changes.
playground-drop = Drop, paste or pick a photo
playground-drop-hint = Up to { NUMBER($limit_mb) } MB. Photos stay on this server and are deleted after { $hours } hours.
playground-drop-here = Let go to send the photo
playground-sample = Try the sample photo
playground-add-photo = Add a photo
playground-message = Message
playground-message-hint = Type /help or /quota
playground-send = Send
playground-chat = Chat
playground-needs-script = This page needs JavaScript.
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
playground-faces = Faces
playground-face-restored = Face { $number }: { $width } × { $height } pixels, restored
playground-face-too-small = Face { $number }: { $width } × { $height } pixels, too small to restore
playground-face-left-alone = Face { $number }: { $width } × { $height } pixels, left as it was
playground-gentler = Gentler
playground-stronger = Stronger
playground-asked = The same photo, restored at { $percent } %
playground-file-name = { $name } restored
playground-file-name-plain = Restored photo
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
playground-error-too-fast = That was too fast. Please wait a moment.

## Errors. None of them costs quota.

error-file-too-large = This file is too large: { NUMBER($limit_mb) } MB is the limit.
error-photo-too-large = This photo has { NUMBER($megapixels) } megapixels; { NUMBER($limit_megapixels) } is the limit. Please send a smaller copy.
error-photo-unreadable = I cannot read this picture; the file seems damaged. Please send it as a JPEG or PNG.
error-photo-truncated = This file ends too early; it seems it was not copied to the end. Please send it again.
error-photo-animated = This is an animation or a video. Please send a still photo.
error-not-a-photo = This is not a photo. Please send a picture, for example a JPEG or PNG.
error-no-face-found = I found no face in this photo. It did not cost you anything. A closer or larger scan often helps.
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
error-photo-expired = I no longer have this photo. Please send it again.
error-nothing-to-cancel = Nothing of yours is waiting.
error-too-many-adjustments =
    { $limit ->
        [one] You can adjust a photo once within { $minutes } minutes. Send it again to start anew.
       *[other] You can adjust a photo { $limit } times within { $minutes } minutes. Send it again to start anew.
    }
error-model-unknown = There is no model called “{ $model }”. There are: { $known }.
error-model-not-installed = The model “{ $model }” is not installed here.
error-model-broken = The model “{ $model }” cannot be used at the moment. It did not cost you anything.
error-fidelity-unsupported = The model “{ $model }” has no fidelity slider.
error-cancelled = Dropped. It cost you nothing.
error-internal-error = Sorry, something went wrong on our side. It did not cost you anything. Please try again.
