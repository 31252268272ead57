package io.holdfast.cli;

import io.holdfast.v1.AdminGrpc;
import io.holdfast.v1.AdminWire;
import java.io.PrintWriter;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what is held of this machine, for whom, why and since when. */
@Command(name = "holds", description = "Prints what sandboxes and containers hold of this node, and why.")
final class HoldsCommand implements Runnable {
    private static final long NANOS = 1_000_000_000L;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SocketOption socket;

    @Parameters(paramLabel = "ID", arity = "0..1", defaultValue = "", description = "Of this one alone.")
    private String id;

    @Override
    public void run() {
        try (Connection daemon = socket.connect()) {
            PrintWriter out = spec.commandLine().getOut();
            AdminGrpc.newBlockingStub(daemon.channel())
                    .holds(AdminWire.HoldsRequest.newBuilder().setId(id).build())
                    .getHoldersList()
                    .forEach(holder -> print(out, holder));
        }
    }

    private static void print(PrintWriter out, AdminWire.Holder holder) {
        out.printf(
                "%s %s %s: %s%s%n",
                holder.getKind(), holder.getId(), holder.getName(), holder.getState(), since(holder));
        if (!holder.getWhy().isEmpty()) {
            out.println("  because " + holder.getWhy());
        }
        holder.getHoldsList().forEach(hold -> out.println("  " + hold));
    }

    private static String since(AdminWire.Holder holder) {
        return holder.getSince() == 0 ? "" : " since " + Instant.ofEpochSecond(holder.getSince() / NANOS);
    }
}
