### Todo lo que una persona puede leer, en español. Las claves son las mismas en todos los idiomas.

## The language

language-name = Español

## Lengths of time

duration-seconds =
    { $count ->
        [one] { $count } segundo
       *[other] { $count } segundos
    }
duration-minutes =
    { $count ->
        [one] { $count } minuto
       *[other] { $count } minutos
    }
duration-hours =
    { $count ->
        [one] { $count } hora
       *[other] { $count } horas
    }
duration-days =
    { $count ->
        [one] { $count } día
       *[other] { $count } días
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Recibida. Tu foto es la siguiente.
        [one] Recibida. Hay { $ahead } foto antes que la tuya.
       *[other] Recibida. Hay { $ahead } fotos antes que la tuya.
    }
progress-decode = Abriendo tu foto…
progress-repair = Reparando la foto…
progress-detect = Buscando caras…
progress-clean = Limpiando toda la foto…
progress-restore =
    { $faces ->
        [one] He encontrado una cara. La estoy restaurando…
       *[other] He encontrado { $faces } caras. Llevo { $done }…
    }
progress-blend = Uniéndolo todo…
progress-encode = Ya casi está…

## The reply

reply-restored =
    { $count ->
        [one] Una cara restaurada.
       *[other] { $count } caras restauradas.
    }
reply-too-small =
    { $count ->
        [one] Una cara era demasiado pequeña para restaurarla.
       *[other] { $count } caras eran demasiado pequeñas para restaurarlas.
    }
reply-too-many =
    { $count ->
        [one] Hay muchas caras: se restauraron las más grandes y { $count } quedó como estaba.
       *[other] Hay muchas caras: se restauraron las más grandes y { $count } quedaron como estaban.
    }
reply-cleaned = toda la foto limpia
reply-cleaned-grain = grano eliminado
reply-cleaned-halftone = trama de impresión eliminada
reply-cleaned-jpeg = huellas de compresión eliminadas
reply-repaired = rayones y polvo reparados
reply-repaired-scratches = rayones reparados
reply-repaired-dust = polvo eliminado
reply-toned = contraste recuperado
reply-no-face = No encontré ninguna cara en ella.
reply-remembered = Lo recuerdo para tus próximas fotos; /settings lo cambia.
share-ready = Antes y después, para compartir.
faces-button = Elegir rostros
print-button = Calidad de impresión
print-choose = ¿Qué tamaño debe tener la copia?
print-sharp = A { $size } la copia tiene { $dpi } puntos por pulgada. La foto se imprime nítida hasta { $sharp }.
print-soft = A { $size } la copia tiene { $dpi } puntos por pulgada y se ve borrosa. La foto se imprime nítida hasta { $sharp }.
faces-choose = Pulsa el número de un rostro para cambiar lo que le pasa: ✓ restaurar, ½ con suavidad, – dejarlo. Luego pulsa «Restaurar».
faces-restore = Restaurar
faces-cards = Fichas de rostros
faces-none = Elige al menos un rostro.
face-card = Rostro { $number }: fila { $row }, número { $place } desde la izquierda.
reminder-button = Avísame cuando vuelva
reminder-set = Te avisaré por la mañana, cuando vuelvas a tener tu foto gratis.
reminder = Ya tienes otra vez tu foto gratis. Envíame la próxima cuando quieras.
reply-incomplete =
    { $count ->
        [one] Una cara está cortada en el archivo y quedó como estaba.
       *[other] { $count } caras están cortadas en el archivo y quedaron como estaban.
    }
reply-held =
    { $count ->
        [one] Una cara quedó más cerca del original para que siga pareciéndose a la persona.
       *[other] { $count } caras quedaron más cerca del original para que sigan pareciéndose a las personas.
    }
note-tone-mapped = La foto tenía un rango dinámico alto; la he adaptado a una pantalla normal.
note-gain-map = El brillo adicional para pantallas HDR se ha quitado.
note-preview = Es un archivo RAW de cámara: he restaurado la imagen que la cámara guardó en él.
note-incomplete = El archivo termina antes de tiempo: falta el { $count } por ciento de la foto. Envíala otra vez si la tienes entera.
note-coarse = El archivo termina antes de tiempo y a la foto le faltan detalles finos. Envíala otra vez si la tienes entera.
note-other-pages =
    { $count ->
        [one] El archivo tiene una página o imagen más, que quedó como estaba. Envíala por separado, por favor.
       *[other] El archivo tiene { $count } páginas o imágenes más, que quedaron como estaban. Envíalas por separado, por favor.
    }
offer-upright =
    { $rotation ->
        [180] Esta foto está boca abajo. ¿La giro?
       *[other] Esta foto está de lado. ¿La giro?
    }
quota-left =
    { $left ->
        [0] No te quedan más fotos hoy. Tendrás { $limit } otra vez en { $renews_in }.
        [one] Hoy te queda { $left } de { $limit }. Se renueva en { $renews_in }.
       *[other] Hoy te quedan { $left } de { $limit }. Se renueva en { $renews_in }.
    }

## Planes

quota-none = Aquí no hay fotos gratis.
plan-has = Tienes { $plan } durante { $time } más.
plan-has-endless = Tienes { $plan }.
plan-photos-left =
    { $count ->
        [one] Te queda { $count } foto comprada.
       *[other] Te quedan { $count } fotos compradas.
    }
offers-free =
    { $free ->
        [one] Una foto al día es gratis para todos.
       *[other] { $free } fotos al día son gratis para todos.
    }
offers-intro = Con un plan puedes restaurar más fotos, y las tuyas van primero:
offers-none = Aquí no se vende nada.
offers-code = ¿Tienes un código? Envía /unlock y el código.
more-with-premium = No hace falta esperar: /premium muestra cómo tener más.
offer-subscription = { $plan }: { $price } Stars cada { $count } días, hasta que lo canceles
offer-days =
    { $count ->
        [one] { $plan }: { $count } día por { $price } Stars
       *[other] { $plan }: { $count } días por { $price } Stars
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } foto por { $price } Stars
       *[other] { $plan }: { $count } fotos por { $price } Stars
    }
offer-instead = (en vez de { $full })
unlock-howto = Escribe tu código después del comando: /unlock CÓDIGO
code-discount = El código es válido: tu próxima compra cuesta un { $percent } % menos. /premium muestra los precios.
code-unlocked-photos =
    { $count ->
        [one] El código es válido: tienes { $count } foto más ({ $plan }).
       *[other] El código es válido: tienes { $count } fotos más ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] El código es válido: tienes { $plan } { $count } día más.
       *[other] El código es válido: tienes { $plan } { $count } días más.
    }

## Commands

help =
    Envíame una foto y la restauro: cada cara y, donde los tenga, rayones, polvo, grano y contraste perdido. Una foto en buen estado solo cambia en sus caras.
    Antigua, borrosa, rayada o descolorida: los retratos salen mejor, y las fotos de grupo también, cara por cara.
    Las caras muy pequeñas se quedan como están. Una cara restaurada es una buena suposición, no un documento: los detalles pueden ser distintos.
    Las fotos se borran después de { $hours } horas.
help-commands =
    /restore – restaurar una foto
    /quota – lo que te queda hoy
    /premium – más fotos
    /unlock – usar un código
    /settings – idioma, intensidad, tamaño
    /cancel – cancelar las fotos en espera
    /privacy – qué se guarda y cuánto tiempo
    /deletemydata – borrar tus fotos y ajustes
    /help – este texto
restore-howto = Envía una foto y la restauro.
unknown-command = No conozco { $command }. Prueba con /help.
cancelled = Cancelado. No te ha costado nada.
forget-sure = ¿Borrar ahora tus fotos y tus ajustes? Las fotos en espera se cancelan. Las que enviaste hoy siguen contando.
forget-done = Hecho. Tus fotos y tus ajustes están borrados.
legal-privacy-whole = La política de privacidad completa: { $url }
legal-terms = Envía solo fotos que puedas usar. Una cara restaurada es en parte una suposición de una red neuronal y puede diferir de la persona. Una foto que falla no cuesta nada; no se promete nada más.
legal-terms-whole = Las condiciones completas: { $url }

## Telegram

telegram-about = Tardará cerca de { $time }.
telegram-album-queued =
    { $ahead ->
        [0] He recibido tus { $count } fotos. Son las siguientes.
        [one] He recibido tus { $count } fotos. Hay { $ahead } foto antes.
       *[other] He recibido tus { $count } fotos. Hay { $ahead } fotos antes.
    }
telegram-album-progress = Restaurando: { $done } de { $count } fotos listas…
telegram-album-refused =
    { $count ->
        [one] Una foto de este álbum no se ha restaurado.
       *[other] { $count } fotos de este álbum no se han restaurado.
    }
telegram-album-line = Foto { $number }: { $text }
telegram-album-pick = Elige una foto para ver más opciones:
telegram-adjusted = Este ajuste ha sido gratis.
telegram-ready = Tu foto está lista.
telegram-coming = Ahora mismo…
telegram-on-it = Voy…
telegram-done-already = Esta ya la hice.
telegram-not-yours = Solo quien lo pidió puede usar estos botones.
telegram-full-quality = Calidad completa, como archivo.
telegram-deleted = Eliminada.
telegram-too-old-to-delete = Ya borré la foto por mi parte. Telegram solo me deja quitar mis mensajes durante dos días: quita este tú, por favor.
telegram-file-name = restaurada
telegram-start =
    Devuelvo las caras a las fotos antiguas y dañadas. Envíame una foto y te respondo con la foto restaurada.
    { $free ->
        [0] Más en /help
        [one] Una foto al día es gratis. Más en /help
       *[other] { $free } fotos al día son gratis. Más en /help
    }
telegram-howto = Envíame una foto, o responde a una con /restore.
telegram-howto-group = Responde a una foto con /restore, o escribe /restore al pie de la foto que envías.
telegram-guest = Como invitado en este chat no puedo enviar fotos. Añádeme a este chat o envíame la foto en nuestro chat privado.
telegram-text = Envíame una foto y la restauro. Más en /help
telegram-not-for-us = Solo puedo restaurar fotos. Envíame una, como foto o como archivo.
telegram-help =
    ¿Cómo funciona? Una red neuronal dibuja de nuevo cada cara a partir de lo que queda de ella, y yo la integro en tu foto.
    ¿Cambia el aspecto de las personas? Un poco: cuanto peor es la foto, más se adivina. «Más suave» conserva más del original.
    ¿Fotos de grupo? Sí, todas las caras que sean bastante grandes.
    ¿Caras muy pequeñas? Las dejo como están; un escaneo más grande ayuda.
    ¿Qué no puedo hacer? Los desgarros grandes y las partes que faltan se quedan, y el blanco y negro sigue en blanco y negro. «Sin reparar» y «Solo las caras» deshacen lo que hice fuera de las caras.
    La mejor calidad: envía la foto como archivo. En un grupo: responde a una foto con /restore.
telegram-privacy = Guardo tus fotos { $hours } horas, para tus botones, y luego las borro. Guardo el id de tu cuenta, cuándo enviaste fotos y qué salió de ellas, para contar tu cuota; lo que elegiste en /settings; y lo que compraste o canjeaste. Nadie mira tus fotos y no se entrena nada con ellas. /deletemydata borra al momento tus fotos, tus ajustes y lo que sé de tus fotos. El id se borra en cuanto ya no hace falta: la cuenta de hoy, un plan, un código aún válido o un bloqueo. Los pagos quedan en la contabilidad, sin el id.
telegram-delete-kept = No se ha borrado nada.
telegram-premium-group = Te muestro en nuestro chat privado lo que tienes y lo que puedes comprar.
telegram-terms = Las condiciones de venta: { $url }
telegram-terms-none = Puedes comprar tiempo o fotos con este bot, solo para tu cuenta. Nada se renueva salvo que la oferta lo diga, y puedes cancelar una renovación cuando quieras. Para preguntas y devoluciones: /paysupport.
telegram-receipt = ¡Gracias! Tu pago de { $amount } Stars ha llegado. Preguntas sobre el pago: /paysupport
telegram-receipt-subscription = Se renueva solo. Puedes cancelarlo en los ajustes de Telegram, en «Mis Estrellas».
telegram-not-credited = Tu pago de { $amount } Stars ha llegado, pero no he podido abonártelo. Quien lleva este bot puede verlo: escríbele, por favor, mira /paysupport. Número del pago: { $charge }
telegram-refunded = Tu pago de { $amount } Stars fue devuelto, y lo que recibiste a cambio ha terminado.
telegram-paysupport = Sobre pagos escribe a { $contact }, con el número del pago. El soporte de Telegram no puede ayudar aquí.
telegram-paysupport-nobody = Sobre pagos escribe a quien lleva este bot, con el número del pago. El soporte de Telegram no puede ayudar aquí.
telegram-paysupport-payment = { $date }, { $amount } Stars, número { $charge }
settings-title = Tus ajustes, para todas tus fotos:
telegram-setting-language = Idioma: { $value }
telegram-setting-strength = Intensidad: { $value }
telegram-setting-fidelity = Fidelidad: { $value }
telegram-setting-upscale = Tamaño: { $value }
telegram-setting-scope = Restaurar: { $value }
telegram-setting-reply-as-file = Respuesta: { $value }
telegram-setting-model = Modelo: { $value }
setting-about-language = ¿En qué idioma te hablo?
setting-about-strength = ¿Con qué intensidad restauro las caras? Menos conserva más del original.
setting-about-fidelity = Las caras vivas son más nítidas; las fieles se acercan más al original.
setting-about-upscale = ¿Quieres la foto más grande?
setting-about-scope = ¿Qué restauro? En automático, las caras y del resto lo que la foto necesite: nada si está bien. «Toda la foto» repara y limpia cualquier foto.
setting-about-reply-as-file = ¿Respondo con una foto, o con un archivo en calidad completa?
setting-about-model = ¿Qué modelo debe restaurar tus fotos?
setting-value-auto = automático
setting-value-strength-50 = media
setting-value-strength-75 = suave
setting-value-strength-100 = completa
setting-value-fidelity-0 = viva
setting-value-fidelity-50 = equilibrada
setting-value-fidelity-100 = fiel
setting-value-upscale-1 = como es
setting-value-upscale-2 = doble
setting-value-upscale-4 = cuádruple
setting-value-scope-faces = solo las caras
setting-value-scope-photo = toda la foto
setting-value-reply-as-file-no = foto
setting-value-reply-as-file-yes = archivo
telegram-group-settings = Los ajustes de este grupo, para sus administradores. Para tus propias fotos en cualquier lugar, envíame /settings en nuestro chat privado.
telegram-group-language = Idioma: { $value }
telegram-group-scope = Restaurar: { $value }
telegram-group-who = Quién puede pedir: { $value }
telegram-group-photos-per-day = Fotos al día: { $value }
telegram-group-results = Resultados: { $value }
telegram-group-about-language = ¿En qué idioma respondo a quienes no eligieron ninguno?
telegram-group-about-scope = ¿Qué restauro en las fotos de este grupo, si nadie dice otra cosa?
telegram-group-about-who = ¿Quién puede pedir que restaure fotos aquí?
telegram-group-about-photos-per-day = ¿Cuántas fotos al día puede pedir todo el grupo?
telegram-group-about-results = ¿Adónde van las fotos restauradas?
telegram-group-value-scope-own = como quiera cada uno
telegram-group-value-who-everybody = todos
telegram-group-value-who-administrators = administradores
telegram-group-value-photos-per-day-0 = sin límite
telegram-group-value-results-asked = donde alguien pide
telegram-group-value-results-here = este tema
telegram-not-administrator = Solo los administradores de este grupo pueden usar estos botones.
telegram-results-elsewhere = La foto restaurada llega al tema de este grupo para resultados.
telegram-button-file = 📄 Calidad completa
telegram-button-compare = ↔️ Antes/después
telegram-button-closer = 🤔 ¿No se parece del todo?
telegram-button-gentler = ➖ Más suave
telegram-button-stronger = ➕ Más intensa
telegram-button-vivid = ✨ Más viva
telegram-button-faithful = 🎯 Más fiel
telegram-button-photo = 🖼️ Toda la foto
telegram-button-faces = 🙂 Solo las caras
telegram-button-undo-repair = ↩️ Sin reparar
telegram-button-whole = 🖼️ Restaurar toda la foto
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Volver
telegram-button-delete = 🗑️ Eliminar
telegram-button-delete-photo = 🗑️ Sí, eliminar
telegram-button-private-chat = Nuestro chat privado
telegram-button-offers = ⭐ Ver
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Suscribirse por { $price }
telegram-button-delete-yes = Borrar todo
telegram-button-delete-no = Conservar
telegram-command-restore = Restaurar una foto
telegram-command-quota = Lo que te queda hoy
telegram-command-settings = Idioma, intensidad, tamaño
telegram-command-cancel = Cancelar las fotos en espera
telegram-command-premium = Más fotos
telegram-command-unlock = Usar un código
telegram-command-help = Cómo funciona y qué no puede hacer
telegram-command-privacy = Qué se guarda y cuánto tiempo
telegram-command-deletemydata = Borrar tus fotos y ajustes
telegram-command-paysupport = Ayuda con un pago
telegram-command-terms = Condiciones de venta

## Discord. Names of commands and options are one word in lower case; descriptions have up to 100 letters.

discord-menu-restore = Restaurar caras
discord-name-restore = restaurar
discord-name-quota = cuota
discord-name-settings = ajustes
discord-name-cancel = cancelar
discord-name-premium = premium
discord-name-unlock = desbloquear
discord-name-privacy = privacidad
discord-name-terms = condiciones
discord-name-erase = borrar-mis-datos
discord-name-help = ayuda
discord-name-photo = foto
discord-name-model = modelo
discord-name-strength = intensidad
discord-name-fidelity = fidelidad
discord-name-upscale = ampliar
discord-name-scope = alcance
discord-name-private = privado
discord-name-language = idioma
discord-name-code = código
discord-name-server = ajustes-del-servidor
discord-name-who = quién
discord-name-per-day = fotos-al-día
discord-name-results = resultados
discord-name-where-asked = donde-se-pide
discord-about-restore = Restaurar una foto
discord-about-quota = Lo que te queda hoy
discord-about-settings = Ver o cambiar cómo se restauran tus fotos
discord-about-cancel = Cancelar las fotos en espera; no te cuesta nada
discord-about-premium = Qué puedes obtener además de las fotos gratis
discord-about-unlock = Usar un código
discord-about-privacy = Qué se guarda sobre ti y cuánto tiempo
discord-about-terms = Qué puedes enviar y qué se promete
discord-about-erase = Borrar tus fotos y tus ajustes
discord-about-help = Cómo funciona y qué no puede hacer
discord-about-photo = La foto
discord-about-model = El modelo que restaura; auto elige el mejor
discord-about-strength = En porcentaje: 100 toma las caras restauradas, menos conserva más de la foto
discord-about-fidelity = En porcentaje: 0 es viva, 100 es fiel; no todos los modelos pueden elegir
discord-about-upscale = Hacer la foto tantas veces más grande
discord-about-scope = Automático: lo que la foto necesite; o solo las caras; o siempre toda la foto
discord-about-private = Solo tú ves la respuesta
discord-about-language = El idioma en que te respondo
discord-about-code = El código
discord-about-server = Para administradores: ver o cambiar lo que vale para todos en este servidor
discord-about-server-language = El idioma para quienes no eligieron ninguno
discord-about-server-scope = Qué restaurar, si nadie dice otra cosa
discord-about-who = Quién puede pedir que restaure fotos aquí
discord-about-per-day = Fotos al día para todo el servidor; 0: sin límite
discord-about-results = El canal al que van las fotos restauradas
discord-about-where-asked = Enviar otra vez las fotos restauradas donde alguien las pide
discord-gentler = Más suave
discord-stronger = Más intensa
discord-closer = ¿No se parece del todo?
discord-full-quality = Calidad completa
discord-share = Antes/después
discord-whole-photo = Toda la foto
discord-faces-only = Solo las caras
discord-undo-repair = Sin reparar
discord-restore-whole = Restaurar toda la foto
discord-another-model = Otro modelo
discord-delete = Borrar
discord-alt-after = La foto restaurada
discord-alt-before = La foto tal como se envió
discord-made-smaller = La imagen se hizo más pequeña para caber en los { $limit_mb } MB que se aceptan aquí.
discord-full-quality-here = La foto restaurada en calidad completa.
discord-too-large-here = El archivo completo supera los { $limit_mb } MB que se aceptan aquí. Esto es lo mejor que cabe.
discord-not-yours = Solo quien pidió esta foto puede usar sus botones.
discord-permission-missing = Aquí me falta un permiso: «{ $permission }». Pídeselo a quien administra este servidor.
discord-permission-attach-files = Adjuntar archivos
discord-permission-send-messages = Enviar mensajes
discord-automatic = automático
discord-scope-auto = automático
discord-scope-faces = solo las caras
discord-scope-photo = toda la foto
discord-scope-own = como quiera cada uno
discord-who-everybody = todos
discord-who-administrators = administradores
discord-no-limit = sin límite
discord-where-asked = donde alguien pide
discord-results-elsewhere = La foto restaurada llega a { $channel }.
discord-server-settings =
    Los ajustes de este servidor, para todos los que piden aquí:
    Idioma: { $spoken }
    Alcance: { $scope }
    Quién puede pedir: { $who }
    Fotos al día: { $limit }
    Resultados: { $channel }
discord-settings =
    Tus ajustes, para todas tus fotos:
    Modelo: { $model }
    Intensidad: { $strength }
    Fidelidad: { $fidelity }
    Tamaño: × { $upscale }
    Alcance: { $scope }
    Idioma: { $spoken }
discord-help-more = También puedes enviarme una foto por mensaje directo, mencionarme con una, o elegir «Aplicaciones» en el menú de un mensaje.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] todas las fotos que quieras
        [one] { $photos } foto al día
       *[other] { $photos } fotos al día
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } foto
       *[other] { $plan }: { $count } fotos
    }
discord-offers-note = Discord muestra abajo los precios y cobra el pago. Lo que compres aquí vale para tu cuenta, en todos los servidores.
discord-privacy = Guardo tus fotos { $hours } horas, para los botones que llevan debajo, y luego las borro. Guardo el id de tu cuenta, cuándo enviaste fotos y qué salió de ellas, para contar tu cuota; tus ajustes; y lo que compraste o canjeaste. Nadie mira tus fotos y no se entrena nada con ellas. /borrar-mis-datos borra al momento tus fotos, tus ajustes y lo que sé de tus fotos. El id se borra en cuanto ya no hace falta: la cuenta de hoy, un plan, un código aún válido o un bloqueo. Los pagos quedan en la contabilidad, sin el id.
discord-erase-yes = Borrar todo

## Errors. None of them costs quota.

error-file-too-large = Este archivo es demasiado grande: el límite es { NUMBER($limit_mb) } MB.
error-photo-too-large = Esta foto tiene { NUMBER($megapixels) } megapíxeles; el límite es { NUMBER($limit_megapixels) }. Envía una copia más pequeña, por favor.
error-photo-unreadable = No puedo leer esta imagen; el archivo parece dañado. Envíala como JPEG o PNG, por favor.
error-photo-truncated = Este archivo termina antes de tiempo; parece que no se copió entero. Envíalo otra vez, por favor.
error-photo-animated = Esto es una animación o un vídeo. Envía una foto fija, por favor.
error-not-a-photo = Esto no es una foto. Envía una imagen, por ejemplo un JPEG o PNG.
error-kind-unsupported = Esto es un archivo { $kind }, que no puedo leer. Guárdalo como JPEG o PNG y envíamelo, por favor.
error-archive-sent = Esto es un archivo comprimido ({ $kind }). Descomprímelo y envíame las fotos, por favor.
error-pdf-without-scan = Este PDF contiene texto y no una foto escaneada. Envía la foto misma, como JPEG o PNG.
error-pdf-locked = Este PDF está protegido con contraseña. Envía la foto misma, como JPEG o PNG.
error-preview-missing = Esto es un archivo RAW de cámara sin una imagen que pueda leer. Guárdalo como JPEG y envíamelo, por favor.
error-page-missing = Este archivo no tiene página { $page }; tiene { $pages }.
error-no-face-found = No he encontrado ninguna cara en esta foto. No te ha costado nada. Encuentro mejor las caras en las que se ven los dos ojos; a menudo ayuda un escaneo con menos reflejos o polvo.
error-nothing-to-restore = No he encontrado ninguna cara en esta foto ni nada más que deba reparar. No te ha costado nada.
error-face-number-unknown = En esta foto no hay una cara número { $number }; he encontrado { $count }. No te ha costado nada.
error-faces-too-small =
    { $count ->
        [one] La cara de esta foto es demasiado pequeña (menos de { $limit_px } píxeles).
       *[other] Las caras de esta foto son demasiado pequeñas (menos de { $limit_px } píxeles).
    } No te ha costado nada. A menudo ayuda un escaneo más grande.
error-quota-used-up =
    { $limit ->
        [0] Aquí no hay restauraciones gratis.
        [one] Ya has usado la foto gratis de hoy. Tendrás la siguiente en { $renews_in }.
       *[other] Ya has usado las { $limit } fotos gratis de hoy. Tendrás las siguientes en { $renews_in }.
    }
error-queue-full =
    Ahora mismo esperan tantas fotos que no puedo aceptar otra. Inténtalo de nuevo en { $minutes ->
        [one] { $minutes } minuto
       *[other] unos { $minutes } minutos
    }, por favor. No te ha costado nada.
error-fair-use-reached = Hoy has restaurado { $limit } fotos, todas las que tu plan permite en un día. Tendrás las siguientes en { $renews_in }.
error-size-not-in-plan = Ampliar fotos { $upscale } veces no forma parte de tu plan. /premium dice qué incluye.
error-print-size-unusable = No puedo preparar una copia de este tamaño. Escribe un tamaño como 13x18cm o 5x7in, con lados de 3 a 150 cm. No te ha costado nada.
error-model-not-in-plan = El modelo «{ $model }» no forma parte de tu plan. /premium dice qué incluye.
error-too-many-at-once =
    { $limit ->
        [one] Todavía trabajo en tu última foto. Espera a que esté lista, por favor. Esta no te ha costado nada.
       *[other] Todavía trabajo en { $limit } fotos tuyas. Espera a que una esté lista, por favor. Esta no te ha costado nada.
    }
error-code-unknown = No conozco este código. Míralo otra vez, por favor.
error-code-mistyped = Este código está mal escrito: al menos un carácter no es correcto. Míralo otra vez, por favor.
error-code-expired = Este código ha caducado.
error-code-used-up = Este código ya se ha usado tantas veces como se podía.
error-code-redeemed = Ya has usado este código.
error-code-revoked = Este código ya no vale.
error-code-elsewhere = Este código da un descuento en algo que se vende en Telegram. Úsalo allí: sigue siendo válido.
error-too-many-failures = Demasiadas fotos han fallado últimamente. Inténtalo de nuevo en { $wait_in }, por favor. Esta no te ha costado nada.
error-network-quota-used-up = Las fotos gratuitas de tu red ({ NUMBER($limit) } al día) ya se han usado hoy. Tendrás las siguientes en { $renews_in }.
error-group-quota-used-up = Las { NUMBER($limit) } fotos de hoy para todos aquí ya se usaron. Las próximas llegan en { $renews_in }. También puedes enviarme la foto en un chat privado.
error-only-administrators = Aquí solo los administradores pueden pedir que restaure fotos. Puedes enviarme la foto en un chat privado.
error-too-many-guesses = Demasiados códigos incorrectos. Inténtalo de nuevo en { $wait_in }.
error-offer-gone = Esta oferta ha cambiado. No se ha pagado nada. Mira /premium otra vez, por favor.
error-banned = No puedes usar este bot.
error-photo-expired = Ya no tengo esta foto. Envíala otra vez, por favor.
error-nothing-to-cancel = No tienes fotos en espera.
error-too-many-adjustments =
    { $limit ->
        [one] Puedes ajustar una foto una vez, en los { $minutes } minutos después de recibirla.
       *[other] Puedes ajustar una foto { $limit } veces, en los { $minutes } minutos después de recibirla.
    }
error-model-unknown = No hay ningún modelo «{ $model }». Hay: { $known }.
error-model-not-installed = El modelo «{ $model }» no está instalado aquí.
error-model-not-allowed = El modelo «{ $model }» no se puede usar aquí.
error-model-broken = El modelo «{ $model }» no se puede usar en este momento. No te ha costado nada.
error-fidelity-unsupported = El modelo «{ $model }» no permite elegir la fidelidad.
error-cancelled = Cancelado. No te ha costado nada.
error-photos-forbidden = En este chat no puedo enviar ni fotos ni archivos. Un administrador puede permitirlo en los permisos del chat. No te ha costado nada.
error-writing-forbidden = No puedo escribir en el chat donde me pediste restaurar tu foto. Un administrador puede permitirlo. No te ha costado nada; también puedes enviarme la foto aquí.
error-internal-error = Lo siento, algo ha fallado por nuestra parte. No te ha costado nada. Inténtalo otra vez, por favor.

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Devuelve las caras a tus fotos antiguas
playground-lead = Envía una foto antigua, borrosa o dañada. Se restauran sus caras y, donde los tenga, rayones, grano y colores desvaídos; nada más cambia.
playground-drop = Arrastra, pega o elige una foto
playground-drop-hint = Hasta { NUMBER($limit_mb) } MB. Las fotos se quedan en este servidor y se borran después de { $hours } horas.
playground-drop-here = Suelta para enviar la foto
playground-sample = Probar con la foto de ejemplo
playground-add-photo = Añadir una foto
playground-message = Mensaje
playground-message-hint = ¿Dudas? Escribe /help
playground-send = Enviar
playground-chat = Chat
playground-needs-script = Esta página necesita JavaScript.
playground-privacy = Guardo tus fotos { $hours } horas, para tus botones, y luego las borro. Guardo un id al azar (en una cookie de este navegador), cuándo enviaste fotos y qué salió de ellas, para contar tu cuota; lo que elegiste en /settings; y lo que compraste o canjeaste. Nadie mira tus fotos y no se entrena nada con ellas. /deletemydata borra al momento tus fotos, tus ajustes y lo que sé de tus fotos. El id se borra en cuanto ya no hace falta: la cuenta de hoy, un plan, un código aún válido o un bloqueo. Los pagos quedan en la contabilidad, sin el id.
playground-privacy-link = Privacidad
playground-terms-link = Condiciones
playground-legal-english = Este texto está en inglés.
playground-you = Tú
playground-bot = Magic Memory
playground-your-photo = Tu foto
playground-sending = Enviando tu foto…
playground-progress = Progreso
playground-cancel = Cancelar
playground-before = Antes
playground-after = Después
playground-before-alt = La foto tal como la enviaste
playground-after-alt = La foto restaurada
playground-compare = Divisor entre antes y después
playground-download = Descargar
playground-show-faces = Mostrar caras
playground-show-damage = Mostrar daños
playground-damage-alt = Lo que tomé por daños
playground-faces = Caras
playground-face-restored = Cara { $number }: { $width } × { $height } píxeles, restaurada
playground-face-less-alike = Cara { $number }: { $width } × { $height } píxeles, restaurada, pero mírala bien: quizá se parezca menos al original
playground-face-too-small = Cara { $number }: { $width } × { $height } píxeles, demasiado pequeña para restaurarla
playground-face-left-alone = Cara { $number }: { $width } × { $height } píxeles, se quedó como estaba
playground-gentler = Más suave
playground-stronger = Más intensa
playground-scope-photo = Toda la foto
playground-scope-faces = Solo las caras
playground-undo-repair = Sin reparar
playground-restore-whole = Restaurar toda la foto
playground-closer = ¿No se parece del todo?
playground-asked-chosen = La misma foto, con las caras elegidas
playground-hold = Mantén para ver el original
playground-large-view = Vista grande
playground-close = Cerrar
playground-zoom-in = Ampliar
playground-zoom-out = Reducir
playground-copy = Copiar
playground-copied = Copiada. Ya puedes pegarla.
playground-not-copied = Este navegador no me deja copiarla. Descárgala.
playground-share = Compartir…
playground-share-both = Antes y después, para compartir
playground-share-clip = Clip
playground-share-card = Imagen
playground-download-all = Descargar todo en un archivo
playground-download-cards = Descargar las fichas de rostros
playground-saved = Guardado.
playground-erase = Borrar todo
playground-asked-faces = La misma foto, solo las caras, restauradas al { $percent } %
playground-asked-photo = Toda la foto reparada y limpia, con las caras restauradas al { $percent } %
playground-asked-auto = La misma foto, restaurada al { $percent } %
playground-asked-undo-repair = La misma foto sin reparar, con las caras restauradas al { $percent } %
playground-asked-print = La misma foto para una copia de { $size }
playground-file-name = { $name } restaurada
playground-file-name-plain = Foto restaurada
playground-file-name-face = { $name }, rostro { $number } (fila { $row }, número { $place })
playground-offline = Se ha perdido la conexión. Sigo intentándolo…
playground-online = Conectado de nuevo.
playground-not-sent = Esto no se ha enviado: no hay conexión.
playground-try-again = Reintentar
playground-expired = Ya no tengo esta foto.
playground-error-bad-request = No puedo leer esta petición.
playground-error-bad-options = Estas opciones no se pueden usar.
playground-error-host = El playground no responde en esta dirección. Quien lo administra puede permitirla con MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = El playground no responde a otros sitios. Quien lo administra puede permitir uno con MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Aquí no hay nada.
playground-error-login = Inicia sesión primero, por favor.
playground-error-too-fast = Demasiado rápido. Espera un momento, por favor.
