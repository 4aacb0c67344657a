"""Given names common in France, Switzerland, Belgium, Italy, the Netherlands and in English.

Compiled by hand from what everybody knows; a name that is missing is only not recognised where
nothing else says that a word is a name. Folded: lower case, no accents.
"""

_NAMES = """
    adele adrien agathe agnes alain albert alessandro alex alexandra alexandre alexis alfred
    alice aline amandine amelie amina anais andre andrea andreas angela angelique anita anja
    anke ann anna annabelle anne annette annick annie antje antoine anton antonio ariane arnaud
    arthur astrid aude audrey aurelie aurelien axel aziz baptiste barbara bart bastien beat
    beatrice beatrix benedicte benjamin benoit bernadette bernard bernd bertrand bianca bill
    blanche bob bram brian brigitte bruno camille carine carl carla carlo carmen carol carole
    carolin caroline caspar catherine cathy cecile cedric celia celine chantal charles charlotte
    chiara chloe chris christa christel christelle christian christiane christina christine
    christoph christophe christopher claire clara claude claudia claudine clemence clement
    colette colin corinne cornelia cyril cyrille damien dan dana daniel daniela daniele danielle
    danny dave david davide deborah delphine denis denise diana diane didier diego dieter dirk
    dominique dora doris dorothee edith edouard edward eileen elena eleonore eliane elias elin
    elisa elisabeth elise elizabeth ella ellen elodie eloise elsa emanuele emilie emily emma
    emmanuel emmanuelle enrico eric erica erik erika ernst erwan estelle esther etienne eugenie
    eva eveline evelyne fabian fabien fabienne fabio fabrice fanny farid fatima federica
    federico felix fernand fiona flavie florence florent florian francesca francesco francine
    francis franck francois francoise frank franz fred frederic frederique friedrich gabriel
    gabriele gabrielle gael gaelle gaetan gary gaston genevieve georg george georges gerald
    geraldine gerard gerd gerhard germain ghislaine giacomo gilbert gilles giorgio giovanni
    gisela giulia giuseppe gregoire gregory guido guillaume gunter gustave guy gwenaelle hanna
    hannah hannes hans harald harry hassan heather heidi heike heiko heinrich heinz helen helene
    helga henri henriette henry herbert herve holger hubert hugo ian ibrahim ilse ines inge
    ingrid irene iris isabel isabella isabelle ismael ivan jack jacob jacqueline jacques jake
    jakob james jan jana jane janet janine jasmin jasmine jean jeanne jeannine jeff jennifer
    jenny jeremy jerome jessica jim joachim joan joanna joao joe joel joelle johan johann
    johanna johannes john jonas jonathan joost jordan jorg jorge jose josef joseph josephine
    josette josiane judith julia julian julie julien juliette jurgen justine kai karen karim
    karin karine karl karsten katharina katherine kathrin kathy katia katja katrin keith ken
    kevin khaled kim klaas klaus kristin kurt laetitia lara larry lars laura laure laurence
    laurent lea leila lena leo leon leonie leslie lilian liliane lina linda lionel lisa liz loic
    lola lorenzo lotte louis louise luc luca lucas lucia lucie lucien lucy ludovic luigi luis
    lukas lydia lydie lynn madeleine mael mahmoud maike manfred manon manuel manuela marc marcel
    marcello marco marcus margaret margaux margot maria marianne marie mariella marina mario
    marion marius mark markus marlene marta martha martin martina martine mary maryse massimo
    mathias mathieu mathilde matteo matthew matthias matthieu maud maurice max maxime maya mehdi
    melanie melissa mia michael michel michela michele micheline michelle miguel mike mireille
    miriam mohamed mohammed molly monica monika monique morgane muriel myriam nadege nadia
    nadine nancy naomi natalia natalie nathalie nathan nicholas nick nicola nicolas nicole niels
    nils nina nino noa noah noel noelle noemie nora norbert oceane odette odile olaf oliver
    olivia olivier omar oscar ottavio otto pablo paola paolo pascal pascale patrice patricia
    patrick paul paula paulette pauline pedro peggy perrine peter petra phil philip philipp
    philippe pierre pierrette pieter pietro quentin rachel rachid rainer ralf ralph raphael
    rashid raymond rebecca regine regis regula reinhard remi remy renate renaud rene renee reto
    ricardo riccardo richard rick rita robert roberta roberto robin rodolphe roger roland rolf
    romain roman romane romy ron ronald rosa rosalie rosemary roxane ruben rudolf ruth ryan
    sabine sabrina sacha said salim sally salome sam samia samir samuel samy sandra sandrine
    sandro sanne sara sarah saskia sean sebastian sebastien serge sergio severine sharon sheila
    shirley sibylle sigrid silke silvia simon simona simone sofia sofie solange solene sonia
    sophia sophie stanislas stefan stefania stefano steffen stella stephan stephane stephanie
    stephen steve steven sue susan susanna susanne suzanne sven sylvain sylvia sylvie tanguy
    tania tanja tara tatiana ted teresa terry theo theodore therese thibault thierry thomas
    tiffany tim timo timothy tina tobias tom tony torsten tracy ulla ulrich ulrike urs ursula
    uschi ute uwe valentin valentina valerie vanessa vera verena veronika veronique victor
    victoria vince vincent vincenzo virginie viviane volker walter wendy werner wilhelm willem
    william willy wolfgang xavier yann yannick yasmine yolande youssef yves yvette yvonne zoe
"""
GIVEN_NAMES = frozenset(_NAMES.split())
