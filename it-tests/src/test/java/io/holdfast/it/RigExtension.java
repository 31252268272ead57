package io.holdfast.it;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its {@link Node} and checks after each class that nothing of its pods is left on the machine. */
public final class RigExtension implements ParameterResolver, BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(RigExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(OURS).put(LeakCheck.class, rig(context).leakCheck());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        context.getStore(OURS).get(LeakCheck.class, LeakCheck.class).assertNothingLeft();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == Node.class || type == Rig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var rig = rig(context);
        if (parameter.getParameter().getType() == Rig.class) {
            return rig;
        }
        // The store closes the node after the test, and a failure to clean up is then the test's failure.
        return context.getStore(OURS).getOrComputeIfAbsent(Node.class, _ -> new Node(rig), Node.class);
    }

    private static Rig rig(ExtensionContext context) {
        return context.getRoot().getStore(OURS).getOrComputeIfAbsent(Rig.class, _ -> Rig.assemble(), Rig.class);
    }
}
