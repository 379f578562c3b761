"""Spanish."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        el la los las lo un una unos unas de del al a ante bajo con contra desde en entre hacia hasta para por según
        sobre tras y e o u pero que quien quienes cual cuales cuando donde cómo como cuándo dónde qué porque este
        esta esto estos estas ese esa eso esos esas aquel se su sus le les él ella ellos ellas ya también solo sólo
        más muy mucho mucha muchos muchas otro otra otros otras cada todo toda todos todas mismo misma ambos ambas
        ser sido siendo haber he hemos luego pronto ahora me nos mi mis nuestro nuestra nuestros nuestras así aquí
        allí respecto relación propiedad inmueble casa piso apartamento próxima próximo vivienda dirección anuncio
        siguiente
        cualquier
        """
    ),
    courtesy=listed(
        """
        hola buenos buenas días tardes noches estimado estimada estimados querido querida señor señora gracias
        muchas agradecemos agradezco favor saludos cordiales cordial atentamente atento bienvenido bienvenida
        lamento lamentamos siento sentimos disculpas encantado encantada encantados gusto espero esperamos dude duda
        disposición contactar contacto ayudar ayudarle quedo quedamos
        """
    ),
    negation=listed("no ni nunca sin ningún ninguna ninguno jamás tampoco nada nadie"),
    affirmation=listed("sí claro ciertamente efectivamente exacto correcto"),
    second=listed("usted ustedes su sus le les tú tu tus te ti"),
    first=listed("yo nosotros nosotras alguien"),
    asserting=listed(
        """
        es son está están era eran fue fueron tiene tienen hay puede pueden será serán cuenta
        """
    ),
    whether=listed("si"),
    breaking=listed("pero y porque aunque mientras , ; : ( ) -"),
    asking=listed(
        """
        pregunta preguntas preguntó preguntar consulta consultas interés interesa mensaje correo email escribió
        escribir escribirnos mencionó solicitud
        """
    ),
    wish=listed("desea quiere querría gustaría prefiere conviene busca llamar teléfono"),
    money=listed("presupuesto financiación gastar oferta crédito"),
    follow_up=listed(
        """
        comprobaré comprobar comprobaremos verificaré verificar verificaremos consultaré consultaremos
        contactaré volveré llamaré llamaremos llamar escribiré enviaré enviaremos pasaré pasaremos
        trasladaré responderé responderemos informaré informaremos contestaré preguntaré preguntaremos
        pediré pediremos avisaré avisaremos escribo averiguo averiguaré pregunto consulto llamo aviso
        compruebo verifico pido mando envío pedimos preguntamos avisamos
        """
    ),
    booking=listed(
        """
        apunto reservo apuntamos guardo guardamos anotado anotada apuntado apuntada reservado reservada registrado
        registrada inscrito inscrita
        """
    ),
    bounds=listed("más menos casi solo sólo"),
    staff=listed(
        """
        vendedor vendedora propietario propietaria arrendador administrador equipo agente colega
        """
    ),
    always_first=listed(
        """
        comprobaré comprobaremos verificaré verificaremos consultaré consultaremos contactaré volveré
        llamaré llamaremos escribiré enviaré enviaremos pasaré pasaremos trasladaré responderé responderemos
        informaré informaremos contestaré he hemos preguntaré preguntaremos pediré pediremos avisaré
        avisaremos escribo averiguo averiguaré pregunto consulto llamo aviso compruebo verifico pido mando envío
        pedimos preguntamos avisamos apunto reservo apuntamos
        """
    ),
)
