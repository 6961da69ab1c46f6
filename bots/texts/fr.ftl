### Tout ce qu’une personne peut lire, en français. Les clés sont les mêmes dans toutes les langues.

## The language

language-name = Français

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } seconde
       *[other] { $count } secondes
    }
duration-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
duration-hours =
    { $count ->
        [one] { $count } heure
       *[other] { $count } heures
    }
duration-days =
    { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Bien reçue. Votre photo est la prochaine.
        [one] Bien reçue. Il y a { $ahead } photo avant la vôtre.
       *[other] Bien reçue. Il y a { $ahead } photos avant la vôtre.
    }
progress-decode = J’ouvre votre photo…
progress-repair = Réparation de la photo…
progress-detect = Je cherche les visages…
progress-clean = Nettoyage de toute la photo…
progress-restore =
    { $faces ->
        [one] Un visage trouvé. Je le restaure…
       *[other] { $faces } visages trouvés, dont { $done } déjà restaurés…
    }
progress-blend = J’assemble le tout…
progress-encode = C’est presque fini…

## The reply

reply-restored =
    { $count ->
        [one] Un visage restauré.
       *[other] { $count } visages restaurés.
    }
reply-too-small =
    { $count ->
        [one] Un visage était trop petit pour être restauré.
       *[other] { $count } visages étaient trop petits pour être restaurés.
    }
reply-too-many =
    { $count ->
        [one] Il y a beaucoup de visages : les plus grands ont été restaurés, { $count } est resté tel quel.
       *[other] Il y a beaucoup de visages : les plus grands ont été restaurés, { $count } sont restés tels quels.
    }
reply-cleaned = toute la photo nettoyée
reply-cleaned-grain = grain enlevé
reply-cleaned-halftone = trame d’impression enlevée
reply-cleaned-jpeg = traces de compression enlevées
reply-repaired = rayures et poussières réparées
reply-repaired-scratches = rayures réparées
reply-repaired-dust = poussières enlevées
reply-toned = contraste retrouvé
reply-no-face = Je n’y ai trouvé aucun visage.
reply-remembered = Je m’en souviens pour vos prochaines photos ; /settings le change.
share-ready = Avant et après, à partager.
faces-button = Choisir les visages
print-button = Qualité d’impression
print-choose = Quelle taille doit avoir le tirage ?
print-sharp = En { $size }, le tirage a { $dpi } points par pouce. La photo s’imprime nette jusqu’à { $sharp }.
print-soft = En { $size }, le tirage a { $dpi } points par pouce et paraît flou. La photo s’imprime nette jusqu’à { $sharp }.
faces-choose = Touchez le numéro d’un visage pour changer ce qu’il devient : ✓ restaurer, ½ en douceur, – laisser. Puis touchez « Restaurer ».
faces-restore = Restaurer
faces-cards = Fiches des visages
faces-none = Choisissez au moins un visage.
face-card = Visage { $number } : rangée { $row }, numéro { $place } à partir de la gauche.
reminder-button = Prévenez-moi
reminder-set = Je vous préviendrai le matin, quand votre photo gratuite sera revenue.
reminder = Votre photo gratuite est revenue. Envoyez-moi la prochaine quand vous voulez.
reply-incomplete =
    { $count ->
        [one] { $count } visage est coupé dans le fichier et est resté tel quel.
       *[other] { $count } visages sont coupés dans le fichier et sont restés tels quels.
    }
reply-held =
    { $count ->
        [one] { $count } visage est resté plus proche de l’original pour garder la ressemblance.
       *[other] { $count } visages sont restés plus proches de l’original pour garder la ressemblance.
    }
note-tone-mapped = La photo avait une grande plage dynamique ; je l’ai adaptée à un écran ordinaire.
note-gain-map = La luminosité supplémentaire pour écrans HDR est laissée de côté.
note-preview = C’est un fichier RAW d’appareil photo : j’ai restauré l’image que l’appareil y a mise.
note-incomplete = Le fichier s’arrête trop tôt : il manque { $count } pour cent de la photo. Renvoyez-la si vous l’avez en entier.
note-coarse = Le fichier s’arrête trop tôt : il manque à la photo des détails fins. Renvoyez-la si vous l’avez en entier.
note-other-pages =
    { $count ->
        [one] Le fichier contient encore { $count } page ou image, restée telle quelle. Envoyez-la séparément, s’il vous plaît.
       *[other] Le fichier contient encore { $count } pages ou images, restées telles quelles. Envoyez-les séparément, s’il vous plaît.
    }
offer-upright =
    { $rotation ->
        [180] Cette photo est à l’envers. La redresser ?
       *[other] Cette photo est couchée sur le côté. La redresser ?
    }
quota-left =
    { $left ->
        [0] Plus de photo pour aujourd’hui. Vous en aurez de nouveau { $limit } dans { $renews_in }.
       *[other] Il vous en reste { $left } sur { $limit } aujourd’hui. Renouvellement dans { $renews_in }.
    }

## Formules

quota-none = Il n’y a pas de photos gratuites ici.
plan-has = Vous avez { $plan } pendant encore { $time }.
plan-has-endless = Vous avez { $plan }.
plan-photos-left =
    { $count ->
        [one] Il vous reste { $count } photo achetée.
       *[other] Il vous reste { $count } photos achetées.
    }
offers-free =
    { $free ->
        [one] Une photo par jour est gratuite pour tout le monde.
       *[other] { $free } photos par jour sont gratuites pour tout le monde.
    }
offers-intro = Avec une formule, vous restaurez plus de photos, et les vôtres passent en premier :
offers-none = Rien n’est en vente ici.
offers-code = Vous avez un code ? Envoyez /unlock et le code.
more-with-premium = Inutile d’attendre : /premium montre comment en avoir plus.
offer-subscription = { $plan } : { $price } Stars tous les { $count } jours, jusqu’à résiliation
offer-days =
    { $count ->
        [one] { $plan } : { $count } jour pour { $price } Stars
       *[other] { $plan } : { $count } jours pour { $price } Stars
    }
offer-photos =
    { $count ->
        [one] { $plan } : { $count } photo pour { $price } Stars
       *[other] { $plan } : { $count } photos pour { $price } Stars
    }
offer-instead = (au lieu de { $full })
unlock-howto = Écrivez votre code après la commande : /unlock CODE
code-discount = Le code est bon : votre prochain achat coûte { $percent } % de moins. /premium montre les prix.
code-unlocked-photos =
    { $count ->
        [one] Le code est bon : vous avez { $count } photo de plus ({ $plan }).
       *[other] Le code est bon : vous avez { $count } photos de plus ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] Le code est bon : vous avez { $plan } pour { $count } jour de plus.
       *[other] Le code est bon : vous avez { $plan } pour { $count } jours de plus.
    }

## Commands

help =
    Envoyez-moi une photo et je la restaure : chaque visage et, s’il y en a, les rayures, la poussière, le grain et le contraste perdu. Une photo en bon état ne change que dans ses visages.
    Ancienne, floue, rayée ou passée : les portraits réussissent le mieux, les photos de groupe aussi, visage par visage.
    Les très petits visages restent tels quels. Un visage restauré est une bonne supposition, pas une preuve : les détails peuvent différer.
    Les photos sont supprimées après { $hours } heures.
help-commands =
    /restore – restaurer une photo
    /quota – ce qu’il vous reste aujourd’hui
    /premium – plus de photos
    /unlock – utiliser un code
    /settings – langue, intensité, taille
    /cancel – annuler les photos en attente
    /privacy – ce qui est gardé, et combien de temps
    /deletemydata – supprimer vos photos et réglages
    /help – ce texte
restore-howto = Envoyez une photo et je la restaure.
unknown-command = Je ne connais pas { $command }. Essayez /help.
cancelled = Annulé. Cela ne vous a rien coûté.
forget-sure = Supprimer maintenant vos photos et vos réglages ? Les photos en attente sont annulées. Celles envoyées aujourd’hui restent comptées.
forget-done = C’est fait. Vos photos et vos réglages sont supprimés.
legal-privacy-whole = La politique de confidentialité complète : { $url }
legal-terms = N’envoyez que des photos que vous avez le droit d’utiliser. Un visage restauré est en partie deviné par un réseau de neurones et peut différer de la personne. Une photo qui échoue ne coûte rien ; rien d’autre n’est promis.
legal-terms-whole = Les conditions complètes : { $url }

## Telegram

telegram-about = Environ { $time }.
telegram-album-queued =
    { $ahead ->
        [0] J’ai bien reçu vos { $count } photos. Ce sont les prochaines.
        [one] J’ai bien reçu vos { $count } photos. Il y a { $ahead } photo avant elles.
       *[other] J’ai bien reçu vos { $count } photos. Il y a { $ahead } photos avant elles.
    }
telegram-album-progress = Restauration : { $done } photos sur { $count } sont prêtes…
telegram-album-refused =
    { $count ->
        [one] Une photo de cet album n’a pas été restaurée.
       *[other] { $count } photos de cet album n’ont pas été restaurées.
    }
telegram-album-line = Photo { $number } : { $text }
telegram-album-pick = Choisissez une photo pour aller plus loin :
telegram-adjusted = Cette retouche était gratuite.
telegram-ready = Votre photo est prête.
telegram-coming = Tout de suite…
telegram-on-it = C’est parti…
telegram-done-already = J’ai déjà fait celle-ci.
telegram-not-yours = Seule la personne qui a demandé peut utiliser ces boutons.
telegram-full-quality = Pleine qualité, en fichier.
telegram-deleted = Supprimée.
telegram-too-old-to-delete = J’ai supprimé la photo chez moi. Telegram ne me laisse retirer mes messages que pendant deux jours : retirez celui-ci vous-même, s’il vous plaît.
telegram-file-name = restauree
telegram-start =
    Je rends leurs visages aux photos anciennes et abîmées. Envoyez-moi une photo et je vous réponds avec la photo restaurée.
    { $free ->
        [0] Pour en savoir plus : /help
        [one] Une photo par jour est gratuite. Pour en savoir plus : /help
       *[other] { $free } photos par jour sont gratuites. Pour en savoir plus : /help
    }
telegram-howto = Envoyez-moi une photo, ou répondez à une photo avec /restore.
telegram-howto-group = Répondez à une photo avec /restore, ou écrivez /restore en légende de la photo que vous envoyez.
telegram-guest = En tant qu’invité dans cette discussion, je ne peux pas envoyer de photos. Ajoutez-moi à cette discussion, ou envoyez-moi la photo dans notre discussion privée.
telegram-text = Envoyez-moi une photo et je la restaure. Pour en savoir plus : /help
telegram-not-for-us = Je ne sais restaurer que des photos. Envoyez-m’en une, en photo ou en fichier.
telegram-help =
    Comment ça marche ? Un réseau de neurones redessine chaque visage à partir de ce qu’il en reste, et je l’intègre à votre photo.
    Est-ce que cela change l’apparence ? Un peu : plus la photo est mauvaise, plus le visage est deviné. « Plus doux » garde davantage de l’original.
    Les photos de groupe ? Oui, chaque visage assez grand.
    Les très petits visages ? Je n’y touche pas ; une numérisation plus grande aide.
    Que ne sais-je pas faire ? Les grandes déchirures et les parties manquantes restent, et le noir et blanc reste en noir et blanc. « Sans réparation » et « Visages seuls » annulent ce que j’ai fait hors des visages.
    La meilleure qualité : envoyez la photo en fichier. Dans un groupe : répondez à une photo avec /restore.
telegram-privacy = Je garde vos photos { $hours } heures, pour vos boutons, puis je les supprime. Je garde l’identifiant de votre compte, quand vous avez envoyé des photos et ce qu’il en est advenu, pour compter votre quota ; vos choix dans /settings ; et ce que vous avez acheté ou activé. Personne ne regarde vos photos et rien n’est entraîné avec elles. /deletemydata supprime aussitôt vos photos, vos réglages et ce que je sais de vos photos. L’identifiant est supprimé dès qu’il n’est plus nécessaire : le compte du jour, une formule, un code encore valable ou un blocage. Les paiements restent dans la comptabilité, sans l’identifiant.
telegram-delete-kept = Rien n’a été supprimé.
telegram-premium-group = Je vous montre dans notre discussion privée ce que vous avez et ce que vous pouvez acheter.
telegram-terms = Les conditions de vente : { $url }
telegram-terms-none = Vous pouvez acheter du temps ou des photos avec ce bot, pour votre compte seulement. Rien n’est renouvelé, sauf si l’offre le dit, et vous pouvez annuler un renouvellement à tout moment. Pour les questions et les remboursements : /paysupport.
telegram-receipt = Merci ! Votre paiement de { $amount } Stars est arrivé. Des questions ? /paysupport
telegram-receipt-subscription = Il se renouvelle tout seul. Vous pouvez résilier dans les réglages de Telegram, sous « Mes Étoiles ».
telegram-not-credited = Votre paiement de { $amount } Stars est arrivé, mais je n’ai pas pu vous le créditer. La personne qui gère ce bot peut le voir : écrivez-lui, s’il vous plaît, voir /paysupport. Numéro du paiement : { $charge }
telegram-refunded = Votre paiement de { $amount } Stars a été remboursé, et ce que vous aviez reçu en échange a pris fin.
telegram-paysupport = Pour les paiements, écrivez à { $contact }, avec le numéro du paiement. L’assistance de Telegram ne peut pas aider ici.
telegram-paysupport-nobody = Pour les paiements, écrivez à la personne qui gère ce bot, avec le numéro du paiement. L’assistance de Telegram ne peut pas aider ici.
telegram-paysupport-payment = { $date }, { $amount } Stars, numéro { $charge }
settings-title = Vos réglages, pour toutes vos photos :
telegram-setting-language = Langue : { $value }
telegram-setting-strength = Intensité : { $value }
telegram-setting-fidelity = Fidélité : { $value }
telegram-setting-upscale = Taille : { $value }
telegram-setting-scope = Restaurer : { $value }
telegram-setting-reply-as-file = Réponse : { $value }
telegram-setting-model = Modèle : { $value }
setting-about-language = Dans quelle langue dois-je parler ?
setting-about-strength = Avec quelle intensité restaurer les visages ? Moins, c’est garder davantage de l’original.
setting-about-fidelity = Les visages vifs sont plus nets, les fidèles plus proches de l’original.
setting-about-upscale = Faut-il agrandir la photo ?
setting-about-scope = Que dois-je restaurer ? En automatique, les visages et, du reste, ce dont la photo a besoin : rien si elle est en bon état. « Toute la photo » répare et nettoie chaque photo.
setting-about-reply-as-file = Dois-je répondre avec une photo, ou avec un fichier en pleine qualité ?
setting-about-model = Quel modèle doit restaurer vos photos ?
setting-value-auto = automatique
setting-value-strength-50 = moyenne
setting-value-strength-75 = douce
setting-value-strength-100 = pleine
setting-value-fidelity-0 = vive
setting-value-fidelity-50 = équilibrée
setting-value-fidelity-100 = fidèle
setting-value-upscale-1 = telle quelle
setting-value-upscale-2 = double
setting-value-upscale-4 = quadruple
setting-value-scope-faces = visages seuls
setting-value-scope-photo = toute la photo
setting-value-reply-as-file-no = photo
setting-value-reply-as-file-yes = fichier
telegram-group-settings = Les réglages de ce groupe, pour ses administrateurs. Pour vos propres photos partout, envoyez-moi /settings dans notre discussion privée.
telegram-group-language = Langue : { $value }
telegram-group-scope = Restaurer : { $value }
telegram-group-who = Qui peut demander : { $value }
telegram-group-photos-per-day = Photos par jour : { $value }
telegram-group-results = Résultats : { $value }
telegram-group-about-language = Dans quelle langue répondre à ceux qui n’en ont choisi aucune ?
telegram-group-about-scope = Que faut-il restaurer dans les photos de ce groupe, sauf demande contraire ?
telegram-group-about-who = Qui peut faire restaurer des photos ici ?
telegram-group-about-photos-per-day = Combien de photos par jour pour tout le groupe ?
telegram-group-about-results = Où envoyer les photos restaurées ?
telegram-group-value-scope-own = au choix de chacun
telegram-group-value-who-everybody = tout le monde
telegram-group-value-who-administrators = administrateurs
telegram-group-value-photos-per-day-0 = sans limite
telegram-group-value-results-asked = là où l’on demande
telegram-group-value-results-here = ce sujet
telegram-not-administrator = Seuls les administrateurs de ce groupe peuvent utiliser ces boutons.
telegram-results-elsewhere = La photo restaurée arrive dans le sujet de ce groupe pour les résultats.
telegram-button-file = 📄 Pleine qualité
telegram-button-compare = ↔️ Avant/après
telegram-button-closer = 🤔 Pas très ressemblant ?
telegram-button-gentler = ➖ Plus doux
telegram-button-stronger = ➕ Plus fort
telegram-button-vivid = ✨ Plus vif
telegram-button-faithful = 🎯 Plus fidèle
telegram-button-photo = 🖼️ Toute la photo
telegram-button-faces = 🙂 Visages seuls
telegram-button-undo-repair = ↩️ Sans réparation
telegram-button-whole = 🖼️ Restaurer toute la photo
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Retour
telegram-button-delete = 🗑️ Supprimer
telegram-button-delete-photo = 🗑️ Oui, supprimer
telegram-button-private-chat = Notre discussion privée
telegram-button-offers = ⭐ Montrer
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ S’abonner pour { $price }
telegram-button-delete-yes = Tout supprimer
telegram-button-delete-no = Garder
telegram-command-restore = Restaurer une photo
telegram-command-quota = Ce qu’il vous reste aujourd’hui
telegram-command-settings = Langue, intensité, taille
telegram-command-cancel = Annuler les photos en attente
telegram-command-premium = Plus de photos
telegram-command-unlock = Utiliser un code
telegram-command-help = Comment ça marche, et ses limites
telegram-command-privacy = Ce qui est gardé, et combien de temps
telegram-command-deletemydata = Supprimer vos photos et réglages
telegram-command-paysupport = Aide pour un paiement
telegram-command-terms = Conditions de vente

## Discord. Names of commands and options are one word in lower case; descriptions have up to 100 letters.

discord-menu-restore = Restaurer les visages
discord-name-restore = restaurer
discord-name-quota = quota
discord-name-settings = réglages
discord-name-cancel = annuler
discord-name-premium = premium
discord-name-unlock = débloquer
discord-name-privacy = confidentialité
discord-name-terms = conditions
discord-name-erase = supprimer-mes-données
discord-name-help = aide
discord-name-photo = photo
discord-name-model = modèle
discord-name-strength = intensité
discord-name-fidelity = fidélité
discord-name-upscale = agrandir
discord-name-scope = étendue
discord-name-private = privé
discord-name-language = langue
discord-name-code = code
discord-name-server = réglages-du-serveur
discord-name-who = qui
discord-name-per-day = photos-par-jour
discord-name-results = résultats
discord-name-where-asked = sur-place
discord-about-restore = Restaurer une photo
discord-about-quota = Ce qu’il vous reste aujourd’hui
discord-about-settings = Voir ou changer la façon de restaurer vos photos
discord-about-cancel = Annuler les photos en attente ; cela ne coûte rien
discord-about-premium = Ce que vous pouvez obtenir en plus des photos gratuites
discord-about-unlock = Utiliser un code
discord-about-privacy = Ce qui est gardé sur vous, et combien de temps
discord-about-terms = Ce que vous pouvez envoyer, et ce qui est promis
discord-about-erase = Supprimer vos photos et vos réglages
discord-about-help = Comment ça marche, et ses limites
discord-about-photo = La photo
discord-about-model = Le modèle qui restaure ; auto prend le meilleur
discord-about-strength = En pour cent : 100 prend les visages restaurés, moins garde davantage de la photo
discord-about-fidelity = En pour cent : 0 est vif, 100 est fidèle ; tous les modèles n’ont pas ce choix
discord-about-upscale = Agrandir la photo autant de fois
discord-about-scope = Automatique : ce dont la photo a besoin ; ou les visages seuls ; ou toujours toute la photo
discord-about-private = Vous seul voyez la réponse
discord-about-language = La langue dans laquelle je vous réponds
discord-about-code = Le code
discord-about-server = Pour les administrateurs : voir ou changer ce qui vaut pour tous sur ce serveur
discord-about-server-language = La langue pour ceux qui n’en ont choisi aucune
discord-about-server-scope = Ce qu’il faut restaurer, sauf demande contraire
discord-about-who = Qui peut faire restaurer des photos ici
discord-about-per-day = Photos par jour pour tout le serveur ; 0 : sans limite
discord-about-results = Le salon où vont les photos restaurées
discord-about-where-asked = Envoyer de nouveau les photos restaurées là où l’on demande
discord-gentler = Plus doux
discord-stronger = Plus fort
discord-closer = Pas très ressemblant ?
discord-full-quality = Pleine qualité
discord-share = Avant/après
discord-whole-photo = Toute la photo
discord-faces-only = Visages seuls
discord-undo-repair = Sans réparation
discord-restore-whole = Restaurer toute la photo
discord-another-model = Autre modèle
discord-delete = Supprimer
discord-alt-after = La photo restaurée
discord-alt-before = La photo telle qu’elle a été envoyée
discord-made-smaller = L’image a été réduite pour tenir dans les { $limit_mb } Mo acceptés ici.
discord-full-quality-here = La photo restaurée en pleine qualité.
discord-too-large-here = Le fichier complet dépasse les { $limit_mb } Mo acceptés ici. Voici le mieux qui tienne.
discord-not-yours = Seule la personne qui a demandé cette photo peut utiliser ses boutons.
discord-permission-missing = Il me manque ici une permission : « { $permission } ». Demandez-la à qui gère ce serveur.
discord-permission-attach-files = Joindre des fichiers
discord-permission-send-messages = Envoyer des messages
discord-automatic = automatique
discord-scope-auto = automatique
discord-scope-faces = visages seuls
discord-scope-photo = toute la photo
discord-scope-own = au choix de chacun
discord-who-everybody = tout le monde
discord-who-administrators = administrateurs
discord-no-limit = sans limite
discord-where-asked = là où l’on demande
discord-results-elsewhere = La photo restaurée arrive dans { $channel }.
discord-server-settings =
    Les réglages de ce serveur, pour tous ceux qui demandent ici :
    Langue : { $spoken }
    Étendue : { $scope }
    Qui peut demander : { $who }
    Photos par jour : { $limit }
    Résultats : { $channel }
discord-settings =
    Vos réglages, pour toutes vos photos :
    Modèle : { $model }
    Intensité : { $strength }
    Fidélité : { $fidelity }
    Taille : × { $upscale }
    Étendue : { $scope }
    Langue : { $spoken }
discord-help-more = Vous pouvez aussi m’envoyer une photo en message privé, me mentionner avec une photo, ou choisir « Applications » dans le menu d’un message.
discord-offer-plan =
    { $plan } : { $photos ->
        [0] autant de photos que vous voulez
        [one] { $photos } photo par jour
       *[other] { $photos } photos par jour
    }
discord-offer-photos =
    { $count ->
        [one] { $plan } : { $count } photo
       *[other] { $plan } : { $count } photos
    }
discord-offers-note = Discord affiche les prix ci-dessous et encaisse le paiement. Ce que vous achetez ici vaut pour votre compte, sur tous les serveurs.
discord-privacy = Je garde vos photos { $hours } heures, pour les boutons qui les accompagnent, puis je les supprime. Je garde l’identifiant de votre compte, quand vous avez envoyé des photos et ce qu’il en est advenu, pour compter votre quota ; vos réglages ; et ce que vous avez acheté ou activé. Personne ne regarde vos photos et rien n’est entraîné avec elles. /supprimer-mes-données supprime aussitôt vos photos, vos réglages et ce que je sais de vos photos. L’identifiant est supprimé dès qu’il n’est plus nécessaire : le compte du jour, une formule, un code encore valable ou un blocage. Les paiements restent dans la comptabilité, sans l’identifiant.
discord-erase-yes = Tout supprimer

## Errors. None of them costs quota.

error-file-too-large = Ce fichier est trop gros : la limite est de { NUMBER($limit_mb) } Mo.
error-photo-too-large = Cette photo a { NUMBER($megapixels) } mégapixels ; la limite est de { NUMBER($limit_megapixels) }. Envoyez une copie plus petite, s’il vous plaît.
error-photo-unreadable = Je n’arrive pas à lire cette image ; le fichier semble abîmé. Envoyez-la en JPEG ou en PNG, s’il vous plaît.
error-photo-truncated = Ce fichier s’arrête trop tôt ; il n’a sans doute pas été copié jusqu’au bout. Renvoyez-le, s’il vous plaît.
error-photo-animated = C’est une animation ou une vidéo. Envoyez une photo, s’il vous plaît.
error-not-a-photo = Ce n’est pas une photo. Envoyez une image, par exemple en JPEG ou en PNG.
error-kind-unsupported = Ceci est un fichier { $kind }, que je ne peux pas lire. Enregistrez-le en JPEG ou en PNG et envoyez-moi cela, s’il vous plaît.
error-archive-sent = Ceci est un fichier compressé ({ $kind }). Décompressez-le et envoyez-moi les photos, s’il vous plaît.
error-pdf-without-scan = Ce PDF contient du texte et non une photo numérisée. Envoyez la photo elle-même, en JPEG ou en PNG.
error-pdf-locked = Ce PDF est protégé par un mot de passe. Envoyez la photo elle-même, en JPEG ou en PNG.
error-preview-missing = Ceci est un fichier RAW d’appareil photo sans image que je puisse lire. Enregistrez-le en JPEG et envoyez-moi cela, s’il vous plaît.
error-page-missing = Ce fichier n’a pas de page { $page } ; il en a { $pages }.
error-no-face-found = Je n’ai trouvé aucun visage sur cette photo. Cela ne vous a rien coûté. Je trouve mieux les visages dont on voit les deux yeux ; une numérisation avec moins de reflets ou de poussière aide souvent.
error-nothing-to-restore = Je n’ai trouvé aucun visage sur cette photo, ni rien d’autre à réparer. Cela ne vous a rien coûté.
error-face-number-unknown = Il n’y a pas de visage numéro { $number } sur cette photo ; j’en ai trouvé { $count }. Cela ne vous a rien coûté.
error-faces-too-small =
    { $count ->
        [one] Le visage de cette photo est trop petit (moins de { $limit_px } pixels).
       *[other] Les visages de cette photo sont trop petits (moins de { $limit_px } pixels).
    } Cela ne vous a rien coûté. Une numérisation plus grande aide souvent.
error-quota-used-up =
    { $limit ->
        [0] Il n’y a pas de restaurations gratuites ici.
        [one] Vous avez utilisé la photo gratuite d’aujourd’hui. La prochaine arrive dans { $renews_in }.
       *[other] Vous avez utilisé les { $limit } photos gratuites d’aujourd’hui. Les prochaines arrivent dans { $renews_in }.
    }
error-queue-full =
    Tant de photos attendent que je ne peux pas en prendre une de plus. Réessayez dans environ { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }, s’il vous plaît. Cela ne vous a rien coûté.
error-fair-use-reached = Vous avez restauré { $limit } photos aujourd’hui, c’est tout ce que votre formule permet en un jour. Les prochaines arrivent dans { $renews_in }.
error-size-not-in-plan = Agrandir { $upscale } fois ne fait pas partie de votre formule. /premium dit ce qui en fait partie.
error-print-size-unusable = Je ne peux pas préparer un tirage de cette taille. Écrivez une taille comme 13x18cm ou 5x7in, avec des côtés de 3 à 150 cm. Cela ne vous a rien coûté.
error-model-not-in-plan = Le modèle « { $model } » ne fait pas partie de votre formule. /premium dit ce qui en fait partie.
error-too-many-at-once =
    { $limit ->
        [one] Je travaille encore à votre dernière photo. Attendez qu’elle soit prête, s’il vous plaît. Celle-ci ne vous a rien coûté.
       *[other] Je travaille encore à { $limit } de vos photos. Attendez qu’une soit prête, s’il vous plaît. Celle-ci ne vous a rien coûté.
    }
error-code-unknown = Je ne connais pas ce code. Vérifiez-le, s’il vous plaît.
error-code-mistyped = Ce code est mal saisi : au moins un caractère est faux. Vérifiez-le, s’il vous plaît.
error-code-expired = Ce code a expiré.
error-code-used-up = Ce code a été utilisé autant de fois que possible.
error-code-redeemed = Vous avez déjà utilisé ce code.
error-code-revoked = Ce code n’est plus valable.
error-code-elsewhere = Ce code donne une remise sur quelque chose qui se vend sur Telegram. Utilisez-le là-bas : il est toujours valable.
error-too-many-failures = Trop de photos ont échoué ces derniers temps. Réessayez dans { $wait_in }, s’il vous plaît. Celle-ci ne vous a rien coûté.
error-network-quota-used-up = Les photos gratuites de votre réseau ({ NUMBER($limit) } par jour) sont épuisées pour aujourd’hui. Les prochaines arrivent dans { $renews_in }.
error-group-quota-used-up = Les { NUMBER($limit) } photos d’aujourd’hui pour tout le monde ici sont utilisées. Les suivantes arrivent dans { $renews_in }. Vous pouvez aussi m’envoyer la photo dans une discussion privée.
error-only-administrators = Ici, seuls les administrateurs peuvent faire restaurer des photos. Vous pouvez m’envoyer la photo dans une discussion privée.
error-too-many-guesses = Trop de codes faux. Réessayez dans { $wait_in }.
error-offer-gone = Cette offre a changé. Rien n’a été payé. Regardez /premium à nouveau, s’il vous plaît.
error-banned = Vous ne pouvez pas utiliser ce bot.
error-photo-expired = Je n’ai plus cette photo. Renvoyez-la, s’il vous plaît.
error-nothing-to-cancel = Vous n’avez pas de photos en attente.
error-too-many-adjustments =
    { $limit ->
        [one] Vous pouvez retoucher une photo une fois, dans les { $minutes } minutes après l’avoir reçue.
       *[other] Vous pouvez retoucher une photo { $limit } fois, dans les { $minutes } minutes après l’avoir reçue.
    }
error-model-unknown = Il n’y a pas de modèle « { $model } ». Il y a : { $known }.
error-model-not-installed = Le modèle « { $model } » n’est pas installé ici.
error-model-not-allowed = Le modèle « { $model } » ne peut pas être utilisé ici.
error-model-broken = Le modèle « { $model } » est indisponible pour le moment. Cela ne vous a rien coûté.
error-fidelity-unsupported = Le modèle « { $model } » n’a pas de réglage de fidélité.
error-cancelled = Annulé. Cela ne vous a rien coûté.
error-photos-forbidden = Dans cette discussion, je ne peux envoyer ni photos ni fichiers. Un administrateur peut l’autoriser dans les permissions de la discussion. Cela ne vous a rien coûté.
error-writing-forbidden = Je ne peux pas écrire dans la discussion où vous m’avez demandé de restaurer votre photo. Un administrateur peut l’autoriser. Cela ne vous a rien coûté ; vous pouvez aussi m’envoyer la photo ici.
error-internal-error = Désolé, quelque chose s’est mal passé chez nous. Cela ne vous a rien coûté. Réessayez, s’il vous plaît.

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Rendez leurs visages aux vieilles photos
playground-lead = Envoyez une photo ancienne, floue ou abîmée. Ses visages sont restaurés et, s’il y en a, les rayures, le grain et les couleurs passées ; rien d’autre ne change.
playground-drop = Déposez, collez ou choisissez une photo
playground-drop-hint = Jusqu’à { NUMBER($limit_mb) } Mo. Les photos restent sur ce serveur et sont supprimées après { $hours } heures.
playground-drop-here = Lâchez pour envoyer la photo
playground-sample = Essayer avec la photo d’exemple
playground-add-photo = Ajouter une photo
playground-message = Message
playground-message-hint = Une question ? /help
playground-send = Envoyer
playground-chat = Discussion
playground-needs-script = Cette page a besoin de JavaScript.
playground-privacy = Je garde vos photos { $hours } heures, pour vos boutons, puis je les supprime. Je garde un identifiant aléatoire (dans un cookie de ce navigateur), quand vous avez envoyé des photos et ce qu’il en est advenu, pour compter votre quota ; vos choix dans /settings ; et ce que vous avez acheté ou activé. Personne ne regarde vos photos et rien n’est entraîné avec elles. /deletemydata supprime aussitôt vos photos, vos réglages et ce que je sais de vos photos. L’identifiant est supprimé dès qu’il n’est plus nécessaire : le compte du jour, une formule, un code encore valable ou un blocage. Les paiements restent dans la comptabilité, sans l’identifiant.
playground-privacy-link = Confidentialité
playground-terms-link = Conditions
playground-legal-english = Ce texte est en anglais.
playground-you = Vous
playground-bot = Magic Memory
playground-your-photo = Votre photo
playground-sending = Envoi de votre photo…
playground-progress = Progression
playground-cancel = Annuler
playground-before = Avant
playground-after = Après
playground-before-alt = La photo telle que vous l’avez envoyée
playground-after-alt = La photo restaurée
playground-compare = Séparation entre avant et après
playground-download = Télécharger
playground-show-faces = Voir les visages
playground-show-damage = Voir les dégâts
playground-damage-alt = Ce que j’ai pris pour des dégâts
playground-faces = Visages
playground-face-restored = Visage { $number } : { $width } × { $height } pixels, restauré
playground-face-less-alike = Visage { $number } : { $width } × { $height } pixels, restauré, mais regardez bien : il ressemble peut-être moins à l’original
playground-face-too-small = Visage { $number } : { $width } × { $height } pixels, trop petit pour être restauré
playground-face-left-alone = Visage { $number } : { $width } × { $height } pixels, laissé tel quel
playground-gentler = Plus doux
playground-stronger = Plus fort
playground-scope-photo = Toute la photo
playground-scope-faces = Visages seuls
playground-undo-repair = Sans réparation
playground-restore-whole = Restaurer toute la photo
playground-closer = Pas très ressemblant ?
playground-asked-chosen = La même photo, avec les visages choisis
playground-hold = Maintenir pour voir l’original
playground-large-view = Grande vue
playground-close = Fermer
playground-zoom-in = Agrandir
playground-zoom-out = Réduire
playground-copy = Copier
playground-copied = Copiée. Vous pouvez la coller.
playground-not-copied = Ce navigateur ne me laisse pas la copier. Téléchargez-la.
playground-share = Partager…
playground-share-both = Avant et après, à partager
playground-share-clip = Clip
playground-share-card = Image
playground-download-all = Tout télécharger en un fichier
playground-download-cards = Télécharger les fiches des visages
playground-saved = Enregistré.
playground-erase = Tout supprimer
playground-asked-faces = La même photo, visages seuls, restaurés à { $percent } %
playground-asked-photo = Toute la photo réparée et nettoyée, les visages restaurés à { $percent } %
playground-asked-auto = La même photo, restaurée à { $percent } %
playground-asked-undo-repair = La même photo sans réparation, les visages restaurés à { $percent } %
playground-asked-print = La même photo pour un tirage de { $size }
playground-file-name = { $name } restaurée
playground-file-name-plain = Photo restaurée
playground-file-name-face = { $name }, visage { $number } (rangée { $row }, numéro { $place })
playground-offline = La connexion est perdue. Je continue d’essayer…
playground-online = De nouveau en ligne.
playground-not-sent = Cela n’a pas été envoyé : il n’y a pas de connexion.
playground-try-again = Réessayer
playground-expired = Je n’ai plus cette photo.
playground-error-bad-request = Je n’arrive pas à lire cette requête.
playground-error-bad-options = Ces options ne peuvent pas être utilisées.
playground-error-host = Le playground ne répond pas à cette adresse. La personne qui le gère peut l’autoriser avec MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = Le playground ne répond pas aux autres sites. La personne qui le gère peut en autoriser un avec MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Il n’y a rien ici.
playground-error-login = Connectez-vous d’abord, s’il vous plaît.
playground-error-too-fast = C’était trop rapide. Patientez un instant, s’il vous plaît.
