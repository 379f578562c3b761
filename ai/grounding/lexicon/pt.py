"""Portuguese."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        o a os as um uma uns umas de do da dos das d em no na nos nas por pelo pela pelos pelas para com sem-que sob
        sobre entre até desde após ante e ou mas que quem qual quais quando onde como porque este esta isto estes
        estas esse essa isso esses essas aquele aquela se seu sua seus suas lhe lhes ele ela eles elas também só já
        ainda mais muito muita muitos muitas outro outra outros outras cada todo toda todos todas mesmo mesma ambos
        ambas ser sido logo breve agora me meu minha nosso nossa nossos nossas depois então aqui ali ao à aos às
        respeito relação imóvel propriedade próxima próximo casa apartamento endereço anúncio morada qualquer
        """
    ),
    courtesy=listed(
        """
        olá bom boa dia tarde noite prezado prezada caro cara senhor senhora exmo exma obrigado obrigada obrigados
        agradeço agradecemos favor cumprimentos atenciosamente cordialmente melhores saudações bem-vindo bem-vinda
        lamento lamentamos sinto sentimos desculpa desculpas prazer feliz espero esperamos hesite disposição
        contactar contato contacto ajudar fico ficamos
        """
    ),
    negation=listed("não nem nunca sem nenhum nenhuma jamais nada ninguém"),
    affirmation=listed("sim claro certamente exato exatamente efetivamente correto"),
    second=listed("você vocês seu sua seus suas lhe lhes tu teu tua te"),
    first=listed("eu nós alguém"),
    asserting=listed(
        """
        é são está estão era eram foi foram tem têm há pode podem será serão
        """
    ),
    whether=listed("se"),
    breaking=listed("mas e porque embora enquanto , ; : ( ) -"),
    asking=listed(
        """
        pergunta perguntas perguntou dúvida dúvidas interesse interessa mensagem email e-mail mail escreveu escrever
        mencionou pedido
        """
    ),
    wish=listed("deseja quer gostaria prefere convém procura ligar telefone"),
    money=listed("orçamento financiamento gastar oferta crédito"),
    follow_up=listed(
        """
        verificarei verificaremos verificar vou vamos retornarei retornar retorno retornaremos ligarei
        ligaremos ligar enviarei enviaremos encaminharei encaminharemos encaminhar responderei responderemos
        responder voltarei confirmarei confirmaremos perguntarei avisarei avisaremos informarei informaremos
        perguntaremos escreverei escreveremos escrevo pergunto ligo confirmo verifico
        """
    ),
    booking=listed(
        """
        inscrevo reservo marco registei registrei registado registrada registrado registada inscrito inscrita
        reservado reservada anotado anotada
        """
    ),
    bounds=listed("mais menos quase só"),
    staff=listed(
        """
        vendedor vendedora proprietário proprietária senhorio administrador equipe equipa agente colega
        """
    ),
    always_first=listed(
        """
        verificarei verificaremos vou vamos retornarei retornaremos ligarei ligaremos enviarei enviaremos
        encaminharei encaminharemos responderei responderemos voltarei confirmarei confirmaremos perguntarei
        registei registrei avisarei avisaremos informarei informaremos perguntaremos escreverei escreveremos
        escrevo pergunto ligo confirmo verifico inscrevo reservo
        """
    ),
)
