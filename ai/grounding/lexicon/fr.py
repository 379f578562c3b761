"""French."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        le la les l un une des du de d au aux ce cet cette ces c il elle ils elles on en y qui que qu quoi
        dont où quand comment pourquoi quel quelle quels quelles si et ou mais donc car à dans par pour sur
        sous avec chez vers entre depuis pendant avant après lors jusqu jusque jusqu'à selon concernant
        sujet propos plus très bien aussi encore déjà ai suis avons seulement même mêmes tout toute tous
        toutes chaque autre autres été être se s sa son ses leur leurs lui bientôt maintenant puis ainsi là
        ici me m mon ma mes notre nos moi biens logement adresse maison appartement prochaine prochain élève
        élèvent annonce n c'est ça cela est-ce c'était qu'est-ce n'est
        """
    ),
    courtesy=listed(
        """
        bonjour bonsoir cher chère chers madame monsieur mesdames messieurs merci remercie remercions beaucoup votre
        cordialement sincères salutations distinguées bien bienvenue désolé désolée désolés désolées excuses plaisir
        heureux ravi ravis espère espérons plaît svp hésitez disposition reste restons contacter contactez aider
        meilleures agréer
        """
    ),
    negation=listed("ne n' pas non aucun aucune jamais sans ni plus rien personne nulle"),
    affirmation=listed("oui certainement effectivement bien-sûr exactement absolument"),
    second=listed("vous votre vos tu te t ton ta tes toi"),
    first=listed("je j nous quelqu'un"),
    asserting=listed(
        """
        est sont était étaient a ont avait avaient peut peuvent pourra sera seront c'est
        """
    ),
    whether=listed("si"),
    breaking=listed("mais et car parce puisque bien-que , ; : ( ) -"),
    asking=listed(
        """
        demande demandé demandez question questions intérêt intéresse intéressez message mail courriel email écrit
        écrivez mentionné souhait
        """
    ),
    wish=listed(
        """
        souhaitez souhaite voudriez voulez aimeriez préférez convient cherchez appeler joindre téléphone
        """
    ),
    money=listed("budget financement financer dépenser offre prêt"),
    follow_up=listed(
        """
        vérifie vérifier vérifierai vérifions reviens revenir reviendrai reviendrons appelle appeler
        appellerai rappelle rappeler rappellerai renseigne renseigner transmets transmettre transmettons
        envoie envoyer enverrai recontacte recontacter recontacterai réponds répondre répondrai vais allons
        informe informerai tiendrai préviens préviendrai écris écrirai demanderai interroge interrogerai
        transmettrai pose poserai demande tiens redis demandons informons contacte contactons
        """
    ),
    booking=listed(
        """
        inscris inscrivons gardons inscrit inscrite inscrits inscrites réservé réservée noté notée enregistré
        enregistrée
        """
    ),
    bounds=listed("plus moins presque seulement"),
    staff=listed(
        """
        vendeur vendeuse vendeurs propriétaire propriétaires bailleur gestionnaire équipe agent collègue
        """
    ),
)
