package io.holdfast.it.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** Goes through one parsed file and notes what the rules ask about. */
final class SourceScan extends TreePathScanner<Void, Void> {
    private final String name;
    private final CompilationUnitTree unit;
    private final Trees trees;
    private final SourcePositions positions;
    private final LineMap lines;
    private final Set<String> references = new LinkedHashSet<>();
    private final List<JavaSource.Type> types = new ArrayList<>();
    private final List<JavaSource.Method> methods = new ArrayList<>();
    private final List<JavaSource.Field> fields = new ArrayList<>();

    SourceScan(String name, CompilationUnitTree unit, Trees trees) {
        this.name = name;
        this.unit = unit;
        this.trees = trees;
        this.positions = trees.getSourcePositions();
        this.lines = unit.getLineMap();
    }

    JavaSource source() {
        scan(unit, null);
        int length = (int) lines.getLineNumber(positions.getEndPosition(unit, unit));
        String inPackage =
                Optional.ofNullable(unit.getPackageName()).map(Tree::toString).orElse("");
        return new JavaSource(name, name.contains("/src/main/"), inPackage, length, references, types, methods, fields);
    }

    @Override
    public Void visitImport(ImportTree tree, Void nothing) {
        references.add(tree.getQualifiedIdentifier().toString());
        return null;
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Void nothing) {
        String text = tree.toString();
        if (text.matches("[a-z0-9]+(\\.[a-z0-9]+)+\\.[A-Z]\\w*")) {
            references.add(text);
        }
        return super.visitMemberSelect(tree, nothing);
    }

    @Override
    public Void visitClass(ClassTree tree, Void nothing) {
        if (!tree.getSimpleName().isEmpty()) {
            Set<Modifier> modifiers = tree.getModifiers().getFlags();
            String parent = Optional.ofNullable(tree.getExtendsClause())
                    .map(Tree::toString)
                    .orElse("");
            types.add(new JavaSource.Type(
                    tree.getSimpleName().toString(),
                    kind(tree),
                    modifiers.contains(Modifier.SEALED),
                    modifiers.contains(Modifier.PUBLIC) && isOutermost(),
                    trees.getDocComment(getCurrentPath()) != null,
                    parent.replaceAll("<.*", "").replaceAll(".*\\.", "")));
        }
        tree.getMembers().forEach(member -> noteField(tree, member));
        return super.visitClass(tree, nothing);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void nothing) {
        if (positions.getEndPosition(unit, tree) >= 0 && !isOfRecordHeader()) {
            methods.add(new JavaSource.Method(
                    tree.getName().toString(),
                    place(tree),
                    lineCount(tree),
                    tree.getParameters().size(),
                    isOverriding(tree.getModifiers()),
                    returnsNull(tree)));
        }
        return super.visitMethod(tree, nothing);
    }

    private void noteField(ClassTree owner, Tree member) {
        boolean constant = owner.getKind() == Tree.Kind.INTERFACE || owner.getKind() == Tree.Kind.ENUM;
        if (member instanceof VariableTree field && !constant) {
            Set<Modifier> modifiers = field.getModifiers().getFlags();
            fields.add(new JavaSource.Field(
                    field.getName().toString(),
                    place(field),
                    modifiers.contains(Modifier.STATIC),
                    modifiers.contains(Modifier.FINAL)));
        }
    }

    private boolean isOutermost() {
        return getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree;
    }

    /** A compact constructor has the record's components for parameters, and is no method of five. */
    private boolean isOfRecordHeader() {
        TreePath above = getCurrentPath().getParentPath();
        boolean constructor =
                ((MethodTree) getCurrentPath().getLeaf()).getName().contentEquals("<init>");
        return constructor && above.getLeaf().getKind() == Tree.Kind.RECORD;
    }

    private static JavaSource.Kind kind(ClassTree tree) {
        return switch (tree.getKind()) {
            case RECORD -> JavaSource.Kind.RECORD;
            case INTERFACE -> JavaSource.Kind.INTERFACE;
            case ENUM -> JavaSource.Kind.ENUM;
            case ANNOTATION_TYPE -> JavaSource.Kind.ANNOTATION;
            default -> JavaSource.Kind.CLASS;
        };
    }

    private static boolean isOverriding(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream()
                .anyMatch(
                        annotation -> annotation.getAnnotationType().toString().equals("Override"));
    }

    /** Whether the method itself, not a lambda or class inside it, returns the null literal. */
    private static boolean returnsNull(MethodTree method) {
        boolean[] found = new boolean[1];
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitReturn(ReturnTree tree, Void nothing) {
                found[0] |= tree.getExpression() != null && tree.getExpression().getKind() == Tree.Kind.NULL_LITERAL;
                return super.visitReturn(tree, nothing);
            }

            @Override
            public Void visitLambdaExpression(LambdaExpressionTree tree, Void nothing) {
                return null;
            }

            @Override
            public Void visitClass(ClassTree tree, Void nothing) {
                return null;
            }
        }.scan(method.getBody(), null);
        return found[0];
    }

    private int lineCount(Tree tree) {
        return (int) (line(positions.getEndPosition(unit, tree)) - line(positions.getStartPosition(unit, tree)) + 1);
    }

    private String place(Tree tree) {
        return name + ":" + line(positions.getStartPosition(unit, tree));
    }

    private long line(long position) {
        return lines.getLineNumber(position);
    }
}
