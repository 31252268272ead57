package io.holdfast.it.tidy;

import java.util.List;
import java.util.Set;

/**
 * What the rules ask about one Java file.
 *
 * @param name its path in the checkout
 * @param main whether it is built into the product, rather than a test
 * @param references full names of ours and of others that the code uses, as imports or written out
 */
record JavaSource(
        String name,
        boolean main,
        String inPackage,
        int lines,
        Set<String> references,
        List<Type> types,
        List<Method> methods,
        List<Field> fields) {

    enum Kind {
        CLASS,
        RECORD,
        INTERFACE,
        ENUM,
        ANNOTATION
    }

    /**
     * A type, nested ones too.
     *
     * @param documented whether a comment for readers of its API stands before it
     * @param parent the simple name of the class that it extends, else empty
     */
    record Type(String name, Kind kind, boolean sealed, boolean exposed, boolean documented, String parent) {}

    /**
     * A method or constructor.
     *
     * @param lines from its first annotation to its closing brace
     * @param returnsNull whether a return statement of it has the null literal
     */
    record Method(String name, String place, int lines, int parameters, boolean overrides, boolean returnsNull) {}

    /** A field of a class. */
    record Field(String name, String place, boolean isStatic, boolean isFinal) {}

    boolean isPackageDescription() {
        return name.endsWith("/package-info.java");
    }
}
