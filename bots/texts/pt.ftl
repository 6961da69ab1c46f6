### Tudo o que uma pessoa pode ler, em português. As chaves são as mesmas em todas as línguas.

## The language

language-name = Português

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
        [one] { $count } dia
       *[other] { $count } dias
    }

## While a photo is on its way

progress-queued =
    { $ahead ->
        [0] Recebi. Sua foto é a próxima.
        [one] Recebi. Há { $ahead } foto antes da sua.
       *[other] Recebi. Há { $ahead } fotos antes da sua.
    }
progress-decode = Abrindo sua foto…
progress-repair = Reparando a foto…
progress-detect = Procurando rostos…
progress-clean = Limpando a foto inteira…
progress-restore =
    { $faces ->
        [one] Encontrei um rosto. Restaurando…
       *[other] Encontrei { $faces } rostos. { $done } já prontos…
    }
progress-blend = Juntando tudo…
progress-encode = Quase pronto…

## The reply

reply-restored =
    { $count ->
        [one] Um rosto restaurado.
       *[other] { $count } rostos restaurados.
    }
reply-too-small =
    { $count ->
        [one] Um rosto era pequeno demais para restaurar.
       *[other] { $count } rostos eram pequenos demais para restaurar.
    }
reply-too-many =
    { $count ->
        [one] Há muitos rostos: os maiores foram restaurados e { $count } ficou como estava.
       *[other] Há muitos rostos: os maiores foram restaurados e { $count } ficaram como estavam.
    }
reply-cleaned = a foto inteira limpa
reply-cleaned-grain = grão removido
reply-cleaned-halftone = retícula de impressão removida
reply-cleaned-jpeg = marcas de compressão removidas
reply-repaired = riscos e poeira reparados
reply-repaired-scratches = riscos reparados
reply-repaired-dust = poeira removida
reply-toned = contraste recuperado
reply-no-face = Não encontrei nenhum rosto nela.
reply-remembered = Vou me lembrar disso nas suas próximas fotos; /settings muda isso.
share-ready = Antes e depois, para compartilhar.
faces-button = Escolher rostos
print-button = Qualidade de impressão
print-choose = Que tamanho a impressão deve ter?
print-sharp = Em { $size } a impressão tem { $dpi } pontos por polegada. A foto fica nítida impressa até { $sharp }.
print-soft = Em { $size } a impressão tem { $dpi } pontos por polegada e parece desfocada. A foto fica nítida impressa até { $sharp }.
faces-choose = Toque no número de um rosto para mudar o que acontece com ele: ✓ restaurar, ½ com suavidade, – deixar. Depois toque em “Restaurar”.
faces-restore = Restaurar
faces-cards = Cartões dos rostos
faces-none = Escolha pelo menos um rosto.
face-card = Rosto { $number }: fileira { $row }, número { $place } a partir da esquerda.
reminder-button = Avise-me quando voltar
reminder-set = Vou avisar você de manhã, quando sua foto grátis voltar.
reminder = Sua foto grátis voltou. Envie-me a próxima quando quiser.
reply-incomplete =
    { $count ->
        [one] { $count } rosto está cortado no arquivo e ficou como estava.
       *[other] { $count } rostos estão cortados no arquivo e ficaram como estavam.
    }
reply-held =
    { $count ->
        [one] { $count } rosto ficou mais próximo do original, para continuar parecido com a pessoa.
       *[other] { $count } rostos ficaram mais próximos do original, para continuar parecidos com as pessoas.
    }
note-tone-mapped = A foto tinha alta faixa dinâmica; eu a adaptei a uma tela comum.
note-gain-map = O brilho extra para telas HDR ficou de fora.
note-preview = É um arquivo RAW de câmera: restaurei a imagem que a câmera guardou nele.
note-incomplete = O arquivo termina cedo demais: faltam { $count } por cento da foto. Envie de novo se você a tiver inteira.
note-coarse = O arquivo termina cedo demais, e a foto ficou sem detalhes finos. Envie de novo se você a tiver inteira.
note-other-pages =
    { $count ->
        [one] O arquivo tem mais { $count } página ou imagem, que ficou como estava. Envie-a separadamente, por favor.
       *[other] O arquivo tem mais { $count } páginas ou imagens, que ficaram como estavam. Envie-as uma a uma, por favor.
    }
offer-upright =
    { $rotation ->
        [180] Esta foto está de cabeça para baixo. Devo girá-la?
       *[other] Esta foto está de lado. Devo girá-la?
    }
quota-left =
    { $left ->
        [0] Não há mais fotos por hoje. Você terá { $limit } de novo em { $renews_in }.
        [one] Hoje ainda resta { $left } de { $limit }. Renova em { $renews_in }.
       *[other] Hoje ainda restam { $left } de { $limit }. Renova em { $renews_in }.
    }

## Planos

quota-none = Aqui não há fotos grátis.
plan-has = Você tem { $plan } por mais { $time }.
plan-has-endless = Você tem { $plan }.
plan-photos-left =
    { $count ->
        [one] Ainda resta { $count } foto comprada.
       *[other] Ainda restam { $count } fotos compradas.
    }
offers-free =
    { $free ->
        [one] Uma foto por dia é grátis para todos.
       *[other] { $free } fotos por dia são grátis para todos.
    }
offers-intro = Com um plano você restaura mais fotos, e as suas vão primeiro:
offers-none = Aqui não se vende nada.
offers-code = Você tem um código? Envie /unlock e o código.
more-with-premium = Não precisa esperar: /premium mostra como ter mais.
offer-subscription = { $plan }: { $price } Stars a cada { $count } dias, até você cancelar
offer-days =
    { $count ->
        [one] { $plan }: { $count } dia por { $price } Stars
       *[other] { $plan }: { $count } dias por { $price } Stars
    }
offer-photos =
    { $count ->
        [one] { $plan }: { $count } foto por { $price } Stars
       *[other] { $plan }: { $count } fotos por { $price } Stars
    }
offer-instead = (em vez de { $full })
unlock-howto = Escreva seu código depois do comando: /unlock CÓDIGO
code-discount = O código vale: a sua próxima compra custa { $percent } % menos. /premium mostra os preços.
code-unlocked-photos =
    { $count ->
        [one] O código vale: você tem mais { $count } foto ({ $plan }).
       *[other] O código vale: você tem mais { $count } fotos ({ $plan }).
    }
code-unlocked-days =
    { $count ->
        [one] O código vale: você tem { $plan } por mais { $count } dia.
       *[other] O código vale: você tem { $plan } por mais { $count } dias.
    }

## Commands

help =
    Envie uma foto e eu a restauro: cada rosto e, onde houver, riscos, poeira, grão e contraste perdido. Uma foto em bom estado só muda nos rostos.
    Antiga, borrada, riscada ou desbotada: retratos ficam melhor, e fotos de grupo também, rosto por rosto.
    Rostos muito pequenos ficam como estão. Um rosto restaurado é um bom palpite, não um registro: os detalhes podem ser outros.
    As fotos são apagadas depois de { $hours } horas.
help-commands =
    /restore – restaurar uma foto
    /quota – o que resta hoje
    /premium – mais fotos
    /unlock – usar um código
    /settings – idioma, intensidade, tamanho
    /cancel – cancelar as fotos na fila
    /privacy – o que é guardado e por quanto tempo
    /deletemydata – apagar suas fotos e configurações
    /help – este texto
restore-howto = Envie uma foto e eu a restauro.
unknown-command = Não conheço { $command }. Tente /help.
cancelled = Cancelado. Não custou nada.
forget-sure = Apagar agora suas fotos e configurações? As fotos na fila são canceladas. As que você enviou hoje continuam contando.
forget-done = Pronto. Suas fotos e configurações foram apagadas.
legal-privacy-whole = A política de privacidade completa: { $url }
legal-terms = Envie apenas fotos que você pode usar. Um rosto restaurado é em parte um palpite de uma rede neural e pode diferir da pessoa. Uma foto que falha não custa nada; nada além disso é prometido.
legal-terms-whole = Os termos completos: { $url }

## Telegram

telegram-about = Leva cerca de { $time }.
telegram-album-queued =
    { $ahead ->
        [0] Recebi suas { $count } fotos. São as próximas.
        [one] Recebi suas { $count } fotos. Há { $ahead } foto antes delas.
       *[other] Recebi suas { $count } fotos. Há { $ahead } fotos antes delas.
    }
telegram-album-progress = Restaurando: { $done } de { $count } fotos prontas…
telegram-album-refused =
    { $count ->
        [one] Uma foto deste álbum não foi restaurada.
       *[other] { $count } fotos deste álbum não foram restauradas.
    }
telegram-album-line = Foto { $number }: { $text }
telegram-album-pick = Escolha uma foto para ver mais opções:
telegram-adjusted = Este ajuste foi grátis.
telegram-ready = Sua foto está pronta.
telegram-coming = Já vai…
telegram-on-it = Deixa comigo…
telegram-done-already = Esta eu já fiz.
telegram-not-yours = Só quem pediu pode usar estes botões.
telegram-full-quality = Qualidade total, como arquivo.
telegram-deleted = Apagada.
telegram-too-old-to-delete = Apaguei a foto do meu lado. O Telegram só me deixa remover minhas mensagens por dois dias: remova esta você mesmo, por favor.
telegram-file-name = restaurada
telegram-start =
    Eu devolvo os rostos a fotos antigas e danificadas. Envie uma foto e eu respondo com a foto restaurada.
    { $free ->
        [0] Saiba mais em /help
        [one] Uma foto por dia é grátis. Saiba mais em /help
       *[other] { $free } fotos por dia são grátis. Saiba mais em /help
    }
telegram-howto = Envie uma foto, ou responda a uma com /restore.
telegram-howto-group = Responda a uma foto com /restore, ou escreva /restore na legenda da foto que você envia.
telegram-guest = Como convidado nesta conversa, não posso enviar fotos. Adicione-me a esta conversa ou envie-me a foto na nossa conversa privada.
telegram-text = Envie uma foto e eu a restauro. Saiba mais em /help
telegram-not-for-us = Só consigo restaurar fotos. Envie uma, como foto ou como arquivo.
telegram-help =
    Como funciona? Uma rede neural desenha cada rosto de novo a partir do que resta dele, e eu o encaixo na sua foto.
    Muda a aparência das pessoas? Um pouco: quanto pior a foto, mais é palpite. “Mais suave” mantém mais do original.
    Fotos de grupo? Sim, todos os rostos que forem grandes o bastante.
    Rostos muito pequenos? Deixo como estão; uma digitalização maior ajuda.
    O que eu não consigo? Rasgos grandes e partes que faltam ficam, e preto e branco continua preto e branco. “Sem reparo” e “Só os rostos” desfazem o que fiz fora dos rostos.
    A melhor qualidade: envie a foto como arquivo. Em um grupo: responda a uma foto com /restore.
telegram-privacy = Guardo suas fotos por { $hours } horas, para os seus botões, e depois apago. Guardo o id da sua conta, quando você enviou fotos e o que saiu delas, para contar sua cota; o que você escolheu em /settings; e o que você comprou ou resgatou. Ninguém olha suas fotos e nada é treinado com elas. /deletemydata apaga na hora suas fotos, suas configurações e o que sei das suas fotos. O id é apagado assim que não é mais necessário: a contagem de hoje, um plano, um código ainda válido ou um bloqueio. Os pagamentos ficam na contabilidade, sem o id.
telegram-delete-kept = Nada foi apagado.
telegram-premium-group = Eu mostro na nossa conversa privada o que você tem e o que pode comprar.
telegram-terms = Os termos de venda: { $url }
telegram-terms-none = Você pode comprar tempo ou fotos com este bot, só para a sua conta. Nada se renova a não ser que a oferta diga, e você pode cancelar uma renovação a qualquer momento. Para dúvidas e reembolsos: /paysupport.
telegram-receipt = Obrigado! Seu pagamento de { $amount } Stars chegou. Dúvidas sobre ele: /paysupport
telegram-receipt-subscription = Ele se renova sozinho. Você pode cancelar nas configurações do Telegram, em “Minhas Estrelas”.
telegram-not-credited = Seu pagamento de { $amount } Stars chegou, mas não consegui creditá-lo a você. Quem cuida deste bot pode vê-lo: escreva para essa pessoa, por favor, veja /paysupport. Número do pagamento: { $charge }
telegram-refunded = Seu pagamento de { $amount } Stars foi devolvido, e o que você recebeu por ele terminou.
telegram-paysupport = Sobre pagamentos escreva para { $contact }, com o número do pagamento. O suporte do Telegram não pode ajudar aqui.
telegram-paysupport-nobody = Sobre pagamentos escreva para quem cuida deste bot, com o número do pagamento. O suporte do Telegram não pode ajudar aqui.
telegram-paysupport-payment = { $date }, { $amount } Stars, número { $charge }
settings-title = Suas configurações, para todas as suas fotos:
telegram-setting-language = Idioma: { $value }
telegram-setting-strength = Intensidade: { $value }
telegram-setting-fidelity = Fidelidade: { $value }
telegram-setting-upscale = Tamanho: { $value }
telegram-setting-scope = Restaurar: { $value }
telegram-setting-reply-as-file = Resposta: { $value }
telegram-setting-model = Modelo: { $value }
setting-about-language = Em que idioma devo falar?
setting-about-strength = Com que intensidade restauro os rostos? Menos mantém mais do original.
setting-about-fidelity = Rostos vivos são mais nítidos; os fiéis ficam mais perto do original.
setting-about-upscale = Quer a foto maior?
setting-about-scope = O que devo restaurar? No automático, os rostos e, do resto, o que a foto precisar: nada se ela estiver bem. “Foto inteira” repara e limpa qualquer foto.
setting-about-reply-as-file = Respondo com uma foto ou com um arquivo em qualidade total?
setting-about-model = Qual modelo deve restaurar suas fotos?
setting-value-auto = automático
setting-value-strength-50 = média
setting-value-strength-75 = suave
setting-value-strength-100 = total
setting-value-fidelity-0 = viva
setting-value-fidelity-50 = equilibrada
setting-value-fidelity-100 = fiel
setting-value-upscale-1 = como é
setting-value-upscale-2 = dobro
setting-value-upscale-4 = quádruplo
setting-value-scope-faces = só os rostos
setting-value-scope-photo = a foto inteira
setting-value-reply-as-file-no = foto
setting-value-reply-as-file-yes = arquivo
telegram-group-settings = As configurações deste grupo, para seus administradores. Para suas próprias fotos em qualquer lugar, envie-me /settings na nossa conversa privada.
telegram-group-language = Idioma: { $value }
telegram-group-scope = Restaurar: { $value }
telegram-group-who = Quem pode pedir: { $value }
telegram-group-photos-per-day = Fotos por dia: { $value }
telegram-group-results = Resultados: { $value }
telegram-group-about-language = Em que idioma devo responder a quem não escolheu nenhum?
telegram-group-about-scope = O que devo restaurar nas fotos deste grupo, se ninguém disser outra coisa?
telegram-group-about-who = Quem pode pedir que eu restaure fotos aqui?
telegram-group-about-photos-per-day = Quantas fotos por dia o grupo todo pode pedir?
telegram-group-about-results = Para onde vão as fotos restauradas?
telegram-group-value-scope-own = como cada um quiser
telegram-group-value-who-everybody = todos
telegram-group-value-who-administrators = administradores
telegram-group-value-photos-per-day-0 = sem limite
telegram-group-value-results-asked = onde alguém pede
telegram-group-value-results-here = este tópico
telegram-not-administrator = Só os administradores deste grupo podem usar estes botões.
telegram-results-elsewhere = A foto restaurada chega no tópico deste grupo para resultados.
telegram-button-file = 📄 Qualidade total
telegram-button-compare = ↔️ Antes/depois
telegram-button-closer = 🤔 Não ficou parecido?
telegram-button-gentler = ➖ Mais suave
telegram-button-stronger = ➕ Mais forte
telegram-button-vivid = ✨ Mais viva
telegram-button-faithful = 🎯 Mais fiel
telegram-button-photo = 🖼️ Foto inteira
telegram-button-faces = 🙂 Só os rostos
telegram-button-undo-repair = ↩️ Sem reparo
telegram-button-whole = 🖼️ Restaurar a foto inteira
telegram-button-model = 🎨 { $model }
telegram-button-back = ‹ Voltar
telegram-button-delete = 🗑️ Apagar
telegram-button-delete-photo = 🗑️ Sim, apagar
telegram-button-private-chat = Nossa conversa privada
telegram-button-offers = ⭐ Mostrar
telegram-button-buy = ⭐ { $price } · { $plan }
telegram-button-subscribe = ⭐ Assinar por { $price }
telegram-button-delete-yes = Apagar tudo
telegram-button-delete-no = Manter
telegram-command-restore = Restaurar uma foto
telegram-command-quota = O que resta hoje
telegram-command-settings = Idioma, intensidade, tamanho
telegram-command-cancel = Cancelar as fotos na fila
telegram-command-premium = Mais fotos
telegram-command-unlock = Usar um código
telegram-command-help = Como funciona e o que não faz
telegram-command-privacy = O que é guardado e por quanto tempo
telegram-command-deletemydata = Apagar suas fotos e configurações
telegram-command-paysupport = Ajuda com um pagamento
telegram-command-terms = Termos de venda

## Discord. Names of commands and options are one word in lower case; descriptions have up to 100 letters.

discord-menu-restore = Restaurar rostos
discord-name-restore = restaurar
discord-name-quota = cota
discord-name-settings = configurações
discord-name-cancel = cancelar
discord-name-premium = premium
discord-name-unlock = desbloquear
discord-name-privacy = privacidade
discord-name-terms = termos
discord-name-erase = apagar-meus-dados
discord-name-help = ajuda
discord-name-photo = foto
discord-name-model = modelo
discord-name-strength = intensidade
discord-name-fidelity = fidelidade
discord-name-upscale = ampliar
discord-name-scope = alcance
discord-name-private = privado
discord-name-language = idioma
discord-name-code = código
discord-name-server = configurações-do-servidor
discord-name-who = quem
discord-name-per-day = fotos-por-dia
discord-name-results = resultados
discord-name-where-asked = onde-pedem
discord-about-restore = Restaurar uma foto
discord-about-quota = O que resta hoje
discord-about-settings = Ver ou mudar como suas fotos são restauradas
discord-about-cancel = Cancelar as fotos na fila; não custa nada
discord-about-premium = O que você pode obter além das fotos grátis
discord-about-unlock = Usar um código
discord-about-privacy = O que é guardado sobre você e por quanto tempo
discord-about-terms = O que você pode enviar e o que é prometido
discord-about-erase = Apagar suas fotos e configurações
discord-about-help = Como funciona e o que não faz
discord-about-photo = A foto
discord-about-model = O modelo que restaura; auto usa o melhor
discord-about-strength = Em porcentagem: 100 usa os rostos restaurados, menos mantém mais da foto
discord-about-fidelity = Em porcentagem: 0 é viva, 100 é fiel; nem todo modelo pode escolher
discord-about-upscale = Deixar a foto tantas vezes maior
discord-about-scope = Automático: o que a foto precisar; ou só os rostos; ou sempre a foto inteira
discord-about-private = Só você vê a resposta
discord-about-language = O idioma em que respondo a você
discord-about-code = O código
discord-about-server = Para administradores: ver ou mudar o que vale para todos neste servidor
discord-about-server-language = O idioma para quem não escolheu nenhum
discord-about-server-scope = O que restaurar, se ninguém disser outra coisa
discord-about-who = Quem pode pedir que eu restaure fotos aqui
discord-about-per-day = Fotos por dia para o servidor todo; 0: sem limite
discord-about-results = O canal para onde vão as fotos restauradas
discord-about-where-asked = Enviar de novo as fotos restauradas onde alguém pede
discord-gentler = Mais suave
discord-stronger = Mais forte
discord-closer = Não ficou parecido?
discord-full-quality = Qualidade total
discord-share = Antes/depois
discord-whole-photo = Foto inteira
discord-faces-only = Só os rostos
discord-undo-repair = Sem reparo
discord-restore-whole = Restaurar a foto inteira
discord-another-model = Outro modelo
discord-delete = Apagar
discord-alt-after = A foto restaurada
discord-alt-before = A foto como foi enviada
discord-made-smaller = A imagem foi reduzida para caber nos { $limit_mb } MB aceitos aqui.
discord-full-quality-here = A foto restaurada em qualidade total.
discord-too-large-here = O arquivo completo é maior que os { $limit_mb } MB aceitos aqui. Este é o melhor que cabe.
discord-not-yours = Só quem pediu esta foto pode usar os botões dela.
discord-permission-missing = Falta-me uma permissão aqui: “{ $permission }”. Peça a quem administra este servidor.
discord-permission-attach-files = Anexar arquivos
discord-permission-send-messages = Enviar mensagens
discord-automatic = automático
discord-scope-auto = automático
discord-scope-faces = só os rostos
discord-scope-photo = foto inteira
discord-scope-own = como cada um quiser
discord-who-everybody = todos
discord-who-administrators = administradores
discord-no-limit = sem limite
discord-where-asked = onde alguém pede
discord-results-elsewhere = A foto restaurada chega em { $channel }.
discord-server-settings =
    As configurações deste servidor, para todos os que pedem aqui:
    Idioma: { $spoken }
    Alcance: { $scope }
    Quem pode pedir: { $who }
    Fotos por dia: { $limit }
    Resultados: { $channel }
discord-settings =
    Suas configurações, para todas as suas fotos:
    Modelo: { $model }
    Intensidade: { $strength }
    Fidelidade: { $fidelity }
    Tamanho: × { $upscale }
    Alcance: { $scope }
    Idioma: { $spoken }
discord-help-more = Você também pode me enviar uma foto por mensagem direta, me mencionar com uma, ou escolher “Apps” no menu de uma mensagem.
discord-offer-plan =
    { $plan }: { $photos ->
        [0] quantas fotos quiser
        [one] { $photos } foto por dia
       *[other] { $photos } fotos por dia
    }
discord-offer-photos =
    { $count ->
        [one] { $plan }: { $count } foto
       *[other] { $plan }: { $count } fotos
    }
discord-offers-note = O Discord mostra os preços abaixo e recebe o pagamento. O que você compra aqui vale para a sua conta, em todos os servidores.
discord-privacy = Guardo suas fotos por { $hours } horas, para os botões abaixo delas, e depois apago. Guardo o id da sua conta, quando você enviou fotos e o que saiu delas, para contar sua cota; suas configurações; e o que você comprou ou resgatou. Ninguém olha suas fotos e nada é treinado com elas. /apagar-meus-dados apaga na hora suas fotos, suas configurações e o que sei das suas fotos. O id é apagado assim que não é mais necessário: a contagem de hoje, um plano, um código ainda válido ou um bloqueio. Os pagamentos ficam na contabilidade, sem o id.
discord-erase-yes = Apagar tudo

## Errors. None of them costs quota.

error-file-too-large = Este arquivo é grande demais: o limite é { NUMBER($limit_mb) } MB.
error-photo-too-large = Esta foto tem { NUMBER($megapixels) } megapixels; o limite é { NUMBER($limit_megapixels) }. Envie uma cópia menor, por favor.
error-photo-unreadable = Não consigo ler esta imagem; o arquivo parece danificado. Envie como JPEG ou PNG, por favor.
error-photo-truncated = Este arquivo termina cedo demais; parece que não foi copiado até o fim. Envie de novo, por favor.
error-photo-animated = Isto é uma animação ou um vídeo. Envie uma foto, por favor.
error-not-a-photo = Isto não é uma foto. Envie uma imagem, por exemplo JPEG ou PNG.
error-kind-unsupported = Este é um arquivo { $kind }, que não consigo ler. Salve como JPEG ou PNG e envie para mim, por favor.
error-archive-sent = Este é um arquivo compactado ({ $kind }). Descompacte e envie as fotos, por favor.
error-pdf-without-scan = Este PDF contém texto, e não uma foto digitalizada. Envie a própria foto, como JPEG ou PNG.
error-pdf-locked = Este PDF está protegido por senha. Envie a própria foto, como JPEG ou PNG.
error-preview-missing = Este é um arquivo RAW de câmera sem uma imagem que eu consiga ler. Salve como JPEG e envie para mim, por favor.
error-page-missing = Este arquivo não tem a página { $page }; tem { $pages }.
error-no-face-found = Não encontrei nenhum rosto nesta foto. Não custou nada. Encontro melhor os rostos em que se veem os dois olhos; uma digitalização com menos reflexo ou poeira costuma ajudar.
error-nothing-to-restore = Não encontrei nenhum rosto nesta foto nem outra coisa que eu deva reparar. Não custou nada.
error-face-number-unknown = Não há rosto número { $number } nesta foto; encontrei { $count }. Não custou nada.
error-faces-too-small =
    { $count ->
        [one] O rosto nesta foto é pequeno demais (menos de { $limit_px } pixels).
       *[other] Os rostos nesta foto são pequenos demais (menos de { $limit_px } pixels).
    } Não custou nada. Uma digitalização maior costuma ajudar.
error-quota-used-up =
    { $limit ->
        [0] Aqui não há restaurações grátis.
        [one] Você já usou a foto grátis de hoje. A próxima vem em { $renews_in }.
       *[other] Você já usou as { $limit } fotos grátis de hoje. As próximas vêm em { $renews_in }.
    }
error-queue-full =
    Há tantas fotos na fila que não consigo aceitar mais uma agora. Tente de novo em { $minutes ->
        [one] { $minutes } minuto
       *[other] cerca de { $minutes } minutos
    }, por favor. Não custou nada.
error-fair-use-reached = Você já restaurou { $limit } fotos hoje, todas as que o seu plano permite por dia. As próximas vêm em { $renews_in }.
error-size-not-in-plan = Ampliar fotos { $upscale } vezes não faz parte do seu plano. /premium diz o que faz.
error-print-size-unusable = Não consigo preparar uma impressão desse tamanho. Escreva um tamanho como 13x18cm ou 5x7in, com lados de 3 a 150 cm. Isso não custou nada a você.
error-model-not-in-plan = O modelo “{ $model }” não faz parte do seu plano. /premium diz o que faz.
error-too-many-at-once =
    { $limit ->
        [one] Ainda estou trabalhando na sua última foto. Espere até ela ficar pronta, por favor. Esta não custou nada.
       *[other] Ainda estou trabalhando em { $limit } fotos suas. Espere até uma ficar pronta, por favor. Esta não custou nada.
    }
error-code-unknown = Não conheço este código. Confira-o, por favor.
error-code-mistyped = Este código está escrito errado: pelo menos um caractere não confere. Confira-o, por favor.
error-code-expired = Este código expirou.
error-code-used-up = Este código já foi usado tantas vezes quanto podia.
error-code-redeemed = Você já usou este código.
error-code-revoked = Este código não vale mais.
error-code-elsewhere = Este código dá desconto em algo que é vendido no Telegram. Use-o lá: ele continua valendo.
error-too-many-failures = Fotos demais falharam ultimamente. Tente de novo em { $wait_in }, por favor. Esta não custou nada.
error-network-quota-used-up = As fotos gratuitas da sua rede ({ NUMBER($limit) } por dia) já foram usadas hoje. As próximas chegam em { $renews_in }.
error-group-quota-used-up = As { NUMBER($limit) } fotos de hoje para todos aqui já foram usadas. As próximas chegam em { $renews_in }. Você também pode me enviar a foto numa conversa privada.
error-only-administrators = Aqui só os administradores podem pedir que eu restaure fotos. Você pode me enviar a foto numa conversa privada.
error-too-many-guesses = Códigos errados demais. Tente de novo em { $wait_in }.
error-offer-gone = Esta oferta mudou. Nada foi pago. Veja /premium de novo, por favor.
error-banned = Você não pode usar este bot.
error-photo-expired = Não tenho mais esta foto. Envie de novo, por favor.
error-nothing-to-cancel = Você não tem fotos na fila.
error-too-many-adjustments =
    { $limit ->
        [one] Você pode ajustar uma foto uma vez, até { $minutes } minutos depois de recebê-la.
       *[other] Você pode ajustar uma foto { $limit } vezes, até { $minutes } minutos depois de recebê-la.
    }
error-model-unknown = Não existe um modelo “{ $model }”. Existem: { $known }.
error-model-not-installed = O modelo “{ $model }” não está instalado aqui.
error-model-not-allowed = O modelo “{ $model }” não pode ser usado aqui.
error-model-broken = O modelo “{ $model }” não pode ser usado no momento. Não custou nada.
error-fidelity-unsupported = O modelo “{ $model }” não permite escolher a fidelidade.
error-cancelled = Cancelado. Não custou nada.
error-photos-forbidden = Neste chat não posso enviar nem fotos nem arquivos. Um administrador pode permitir isso nas permissões do chat. Não custou nada.
error-writing-forbidden = Não posso escrever no chat em que você me pediu para restaurar a foto. Um administrador pode permitir isso. Não custou nada; você também pode me enviar a foto aqui.
error-internal-error = Desculpe, algo deu errado do nosso lado. Não custou nada. Tente de novo, por favor.

## The playground: a chat page

playground-title = Magic Memory
playground-headline = Devolva os rostos às fotos antigas
playground-lead = Envie uma foto antiga, borrada ou danificada. Os rostos são restaurados e, onde houver, riscos, grão e cores desbotadas; nada mais muda.
playground-drop = Arraste, cole ou escolha uma foto
playground-drop-hint = Até { NUMBER($limit_mb) } MB. As fotos ficam neste servidor e são apagadas depois de { $hours } horas.
playground-drop-here = Solte para enviar a foto
playground-sample = Testar com a foto de exemplo
playground-add-photo = Adicionar foto
playground-message = Mensagem
playground-message-hint = Dúvidas? Digite /help
playground-send = Enviar
playground-chat = Conversa
playground-needs-script = Esta página precisa de JavaScript.
playground-privacy = Guardo suas fotos por { $hours } horas, para os seus botões, e depois apago. Guardo um id aleatório (num cookie deste navegador), quando você enviou fotos e o que saiu delas, para contar sua cota; o que você escolheu em /settings; e o que você comprou ou resgatou. Ninguém olha suas fotos e nada é treinado com elas. /deletemydata apaga na hora suas fotos, suas configurações e o que sei das suas fotos. O id é apagado assim que não é mais necessário: a contagem de hoje, um plano, um código ainda válido ou um bloqueio. Os pagamentos ficam na contabilidade, sem o id.
playground-privacy-link = Privacidade
playground-terms-link = Termos
playground-legal-english = Este texto está em inglês.
playground-you = Você
playground-bot = Magic Memory
playground-your-photo = Sua foto
playground-sending = Enviando sua foto…
playground-progress = Progresso
playground-cancel = Cancelar
playground-before = Antes
playground-after = Depois
playground-before-alt = A foto como você enviou
playground-after-alt = A foto restaurada
playground-compare = Divisor entre antes e depois
playground-download = Baixar
playground-show-faces = Mostrar rostos
playground-show-damage = Mostrar danos
playground-damage-alt = O que tomei por danos
playground-faces = Rostos
playground-face-restored = Rosto { $number }: { $width } × { $height } pixels, restaurado
playground-face-less-alike = Rosto { $number }: { $width } × { $height } pixels, restaurado, mas olhe bem: talvez se pareça menos com o original
playground-face-too-small = Rosto { $number }: { $width } × { $height } pixels, pequeno demais para restaurar
playground-face-left-alone = Rosto { $number }: { $width } × { $height } pixels, ficou como estava
playground-gentler = Mais suave
playground-stronger = Mais forte
playground-scope-photo = Foto inteira
playground-scope-faces = Só os rostos
playground-undo-repair = Sem reparo
playground-restore-whole = Restaurar a foto inteira
playground-closer = Não ficou parecido?
playground-asked-chosen = A mesma foto, com os rostos escolhidos
playground-hold = Segure para ver o original
playground-large-view = Vista grande
playground-close = Fechar
playground-zoom-in = Ampliar
playground-zoom-out = Reduzir
playground-copy = Copiar
playground-copied = Copiada. Agora você pode colar.
playground-not-copied = Este navegador não me deixa copiar. Baixe a foto.
playground-share = Compartilhar…
playground-share-both = Antes e depois, para compartilhar
playground-share-clip = Clipe
playground-share-card = Imagem
playground-download-all = Baixar tudo em um arquivo
playground-download-cards = Baixar os cartões dos rostos
playground-saved = Salvo.
playground-erase = Apagar tudo
playground-asked-faces = A mesma foto, só os rostos, restaurados a { $percent } %
playground-asked-photo = A foto inteira reparada e limpa, com os rostos restaurados a { $percent } %
playground-asked-auto = A mesma foto, restaurada a { $percent } %
playground-asked-undo-repair = A mesma foto sem reparo, com os rostos restaurados a { $percent } %
playground-asked-print = A mesma foto para uma impressão de { $size }
playground-file-name = { $name } restaurada
playground-file-name-plain = Foto restaurada
playground-file-name-face = { $name }, rosto { $number } (fileira { $row }, número { $place })
playground-offline = A conexão caiu. Continuo tentando…
playground-online = Conectado de novo.
playground-not-sent = Isto não foi enviado: não há conexão.
playground-try-again = Tentar de novo
playground-expired = Não tenho mais esta foto.
playground-error-bad-request = Não consigo ler esta solicitação.
playground-error-bad-options = Estas opções não podem ser usadas.
playground-error-host = O playground não responde neste endereço. Quem o administra pode permitir com MAGIC_PLAYGROUND_ORIGINS.
playground-error-origin = O playground não responde a outros sites. Quem o administra pode permitir um com MAGIC_PLAYGROUND_ORIGINS.
playground-error-not-found = Não há nada aqui.
playground-error-login = Entre na sua conta primeiro, por favor.
playground-error-too-fast = Foi rápido demais. Espere um momento, por favor.
