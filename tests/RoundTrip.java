import java.io.File;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.formats.FunctionalSyntaxDocumentFormat;
import org.semanticweb.owlapi.formats.ManchesterSyntaxDocumentFormat;
import org.semanticweb.owlapi.formats.OWLXMLDocumentFormat;
import org.semanticweb.owlapi.formats.PrefixDocumentFormat;
import org.semanticweb.owlapi.formats.RDFXMLDocumentFormat;
import org.semanticweb.owlapi.formats.TurtleDocumentFormat;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLDocumentFormat;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.model.parameters.Imports;

/**
 * Loads stemkg.ttl of a folder, saves it in five syntaxes, loads each and compares the axioms.
 * Prints one line each: the syntax, the axioms before, those lost. And a line "classes N properties M" of ours.
 */
public class RoundTrip {
    /** A manager that leaves the imports out: nothing of them is saved, and they are not fetched. */
    static OWLOntologyManager manager(File folder) {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        OWLOntologyLoaderConfiguration configuration = new OWLOntologyLoaderConfiguration();
        for (File slice : new File(folder, "imports").listFiles()) {
            String name = slice.getName().replace(".ttl", "");
            configuration = configuration.addIgnoredImport(IRI.create("https://w3id.org/stemkg/imports/" + name));
        }
        manager.setOntologyLoaderConfiguration(configuration);
        return manager;
    }

    public static void main(String[] arguments) throws Exception {
        File folder = new File(arguments[0]);
        OWLOntology ontology = manager(folder).loadOntologyFromOntologyDocument(new File(folder, "stemkg.ttl"));
        long classes = ontology.classesInSignature(Imports.INCLUDED)
            .filter(c -> c.getIRI().toString().startsWith("https://w3id.org/stemkg/")).count();
        long properties = ontology.objectPropertiesInSignature(Imports.INCLUDED)
            .filter(p -> p.getIRI().toString().startsWith("https://w3id.org/stemkg/")).count()
            + ontology.dataPropertiesInSignature(Imports.INCLUDED)
            .filter(p -> p.getIRI().toString().startsWith("https://w3id.org/stemkg/")).count();
        System.out.println("ours\t" + classes + "\t" + properties);
        Map<String, OWLDocumentFormat> formats = new TreeMap<>();
        formats.put("Turtle", new TurtleDocumentFormat());
        formats.put("RDF/XML", new RDFXMLDocumentFormat());
        formats.put("OWL/XML", new OWLXMLDocumentFormat());
        formats.put("functional", new FunctionalSyntaxDocumentFormat());
        formats.put("Manchester", new ManchesterSyntaxDocumentFormat());
        OWLDocumentFormat original = ontology.getOWLOntologyManager().getOntologyFormat(ontology);
        for (Map.Entry<String, OWLDocumentFormat> format : formats.entrySet()) {
            if (format.getValue() instanceof PrefixDocumentFormat && original instanceof PrefixDocumentFormat) {
                ((PrefixDocumentFormat) format.getValue()).copyPrefixesFrom((PrefixDocumentFormat) original);
            }
            File file = File.createTempFile("stemkg", ".owl");
            try {
                ontology.getOWLOntologyManager().saveOntology(ontology, format.getValue(), IRI.create(file));
                OWLOntology again = manager(folder).loadOntologyFromOntologyDocument(file);
                Set<OWLAxiom> lost = new HashSet<>();
                ontology.axioms().filter(axiom -> !again.containsAxiom(axiom)).forEach(lost::add);
                System.out.println(format.getKey() + "\t" + ontology.getAxiomCount() + "\t" + lost.size() + "\t" + lost);
            } finally {
                file.delete();
            }
        }
    }
}
