import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.formats.OBODocumentFormat;
import org.semanticweb.owlapi.formats.PrefixDocumentFormat;
import org.semanticweb.owlapi.formats.RDFXMLDocumentFormat;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLDocumentFormat;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;

/** Saves the ontology of the first file as each of the others: RDF/XML where the name ends in .owl, else OBO. */
public class OwlRelease {
    public static void main(String[] arguments) throws Exception {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(arguments[0]));
        OWLDocumentFormat original = manager.getOntologyFormat(ontology);
        for (int i = 1; i < arguments.length; i++) {
            OWLDocumentFormat format =
                arguments[i].endsWith(".owl") ? new RDFXMLDocumentFormat() : new OBODocumentFormat();
            if (format instanceof PrefixDocumentFormat && original instanceof PrefixDocumentFormat) {
                ((PrefixDocumentFormat) format).copyPrefixesFrom((PrefixDocumentFormat) original);
            }
            manager.saveOntology(ontology, format, IRI.create(new File(arguments[i])));
        }
    }
}
