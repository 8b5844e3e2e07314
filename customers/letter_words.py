"""What letters say, in the customer's language."""

from __future__ import annotations

CONFIRM = "confirm_email"
RESET = "reset_password"

# Language, then kind of letter: subject and text.
LETTERS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        CONFIRM: (
            "Confirm your e-mail address",
            "Please confirm that this address is yours at {shop}:\n\n{link}\n\n"
            "This works once, within {hours} hours. If it was not you, do nothing.\n",
        ),
        RESET: (
            "Choose a new password",
            "You can choose a new password at {shop} here:\n\n{link}\n\n"
            "This works once, for a short time. If it was not you, do nothing.\n",
        ),
    },
    "fr": {
        CONFIRM: (
            "Confirmez votre adresse e-mail",
            "Veuillez confirmer que cette adresse est la vôtre chez {shop} :\n\n{link}\n\n"
            "Cela fonctionne une fois, pendant {hours} heures. Si ce n'était pas vous, ne faites"
            " rien.\n",
        ),
        RESET: (
            "Choisissez un nouveau mot de passe",
            "Vous pouvez choisir un nouveau mot de passe chez {shop} ici :\n\n{link}\n\n"
            "Cela fonctionne une fois, pour peu de temps. Si ce n'était pas vous, ne faites"
            " rien.\n",
        ),
    },
    "it": {
        CONFIRM: (
            "Conferma il tuo indirizzo e-mail",
            "Conferma che questo indirizzo è tuo presso {shop}:\n\n{link}\n\n"
            "Funziona una volta, entro {hours} ore. Se non eri tu, non fare nulla.\n",
        ),
        RESET: (
            "Scegli una nuova password",
            "Puoi scegliere una nuova password presso {shop} qui:\n\n{link}\n\n"
            "Funziona una volta, per poco tempo. Se non eri tu, non fare nulla.\n",
        ),
    },
    "ko": {
        CONFIRM: (
            "이메일 주소를 확인해 주세요",
            "{shop}에서 사용할 이메일 주소가 맞는지 확인해 주세요:\n\n{link}\n\n"
            "{hours}시간 안에 한 번만 사용할 수 있습니다. 요청하지 않았다면 무시하세요.\n",
        ),
        RESET: (
            "새 비밀번호를 선택하세요",
            "{shop}의 새 비밀번호를 여기에서 선택할 수 있습니다:\n\n{link}\n\n"
            "짧은 시간 동안 한 번만 사용할 수 있습니다. 요청하지 않았다면 무시하세요.\n",
        ),
    },
    "es": {
        CONFIRM: (
            "Confirma tu correo electrónico",
            "Confirma que esta dirección es tuya en {shop}:\n\n{link}\n\n"
            "Funciona una vez, durante {hours} horas. Si no fuiste tú, no hagas nada.\n",
        ),
        RESET: (
            "Elige una nueva contraseña",
            "Puedes elegir una nueva contraseña en {shop} aquí:\n\n{link}\n\n"
            "Funciona una vez, por poco tiempo. Si no fuiste tú, no hagas nada.\n",
        ),
    },
    "de": {
        CONFIRM: (
            "Bestätigen Sie Ihre E-Mail-Adresse",
            "Bitte bestätigen Sie, dass diese Adresse bei {shop} Ihre ist:\n\n{link}\n\n"
            "Das geht einmal, innerhalb von {hours} Stunden. Waren Sie es nicht, tun Sie nichts.\n",
        ),
        RESET: (
            "Wählen Sie ein neues Passwort",
            "Hier können Sie bei {shop} ein neues Passwort wählen:\n\n{link}\n\n"
            "Das geht einmal, für kurze Zeit. Waren Sie es nicht, tun Sie nichts.\n",
        ),
    },
}
