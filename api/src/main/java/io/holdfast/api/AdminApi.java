package io.holdfast.api;

import io.grpc.stub.StreamObserver;
import io.holdfast.container.ContainerState;
import io.holdfast.container.Containers;
import io.holdfast.image.Image;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxState;
import io.holdfast.v1.AdminGrpc.AdminImplBase;
import io.holdfast.v1.AdminWire;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** What Holdfast offers beside CRI. */
public final class AdminApi extends AdminImplBase {
    private final Owners owners;

    public AdminApi(Owners owners) {
        this.owners = owners;
    }

    /** The load reads on a thread of its own, as the archive comes in. */
    @Override
    public StreamObserver<AdminWire.LoadImageRequest> loadImage(StreamObserver<AdminWire.LoadImageResponse> reply) {
        PieceStream archive = new PieceStream();
        Thread.ofVirtual().name("image-load").start(() -> Answers.one(reply, () -> loaded(archive)));
        return new Uploaded(archive);
    }

    @Override
    public void holds(AdminWire.HoldsRequest request, StreamObserver<AdminWire.HoldsResponse> reply) {
        Answers.one(
                reply,
                () -> AdminWire.HoldsResponse.newBuilder()
                        .addAllHolders(holders()
                                .filter(one -> one.getId().startsWith(request.getId()))
                                .toList())
                        .build());
    }

    private AdminWire.LoadImageResponse loaded(PieceStream archive) {
        try (archive) {
            return AdminWire.LoadImageResponse.newBuilder()
                    .addAllImages(owners.images().load(archive).stream()
                            .map(AdminApi::loaded)
                            .toList())
                    .build();
        }
    }

    private static AdminWire.LoadedImage loaded(Image image) {
        return AdminWire.LoadedImage.newBuilder()
                .setId(image.id())
                .addAllTags(image.tags())
                .build();
    }

    private Stream<AdminWire.Holder> holders() {
        Stream<AdminWire.Holder> sandboxes = Stream.concat(
                owners.sandboxes().holding().stream().map(AdminApi::holder),
                owners.sandboxes().unreadable().stream().map(AdminApi::unreadable));
        Stream<AdminWire.Holder> containers =
                owners.containers().holding().stream().map(AdminApi::holder);
        return Stream.concat(sandboxes, containers);
    }

    private static AdminWire.Holder holder(Sandbox sandbox) {
        AdminWire.Holder.Builder holder = AdminWire.Holder.newBuilder()
                .setId(sandbox.id())
                .setKind("sandbox")
                .setName(sandbox.config().metadata().key())
                .setState(sandbox.state().getClass().getSimpleName())
                .addAllHolds(strings(sandbox.holds()));
        return switch (sandbox.state()) {
            case SandboxState.Assembling(Instant since) -> since(holder, since, "");
            case SandboxState.Ready ready -> since(holder, ready.since(), "");
            case SandboxState.NotReady notReady -> since(holder, notReady.since(), notReady.why());
            case SandboxState.Undoing(Instant since, String why) -> since(holder, since, why);
        };
    }

    private static AdminWire.Holder unreadable(String sandboxId) {
        return AdminWire.Holder.newBuilder()
                .setId(sandboxId)
                .setKind("sandbox")
                .setState("Unknown")
                .setWhy("its record cannot be read by this version of Holdfast; another may, and until then nothing of"
                        + " it is touched")
                .build();
    }

    private static AdminWire.Holder holder(Containers.Holding container) {
        AdminWire.Holder.Builder holder = AdminWire.Holder.newBuilder()
                .setId(container.id())
                .setKind("container")
                .setName(container.name())
                .setState(container.state().getClass().getSimpleName())
                .addAllHolds(container.holds());
        return switch (container.state()) {
            case ContainerState.Creating _ -> holder.build();
            case ContainerState.Created created -> since(holder, created.at(), "");
            case ContainerState.Running running -> since(holder, running.started(), "");
            case ContainerState.Exited exited -> since(holder, exited.exit().at(), exited.message());
            case ContainerState.Unknown(Instant created, String why) -> since(holder, created, why);
            case ContainerState.Undoing(Instant since, String why) -> since(holder, since, why);
        };
    }

    private static AdminWire.Holder since(AdminWire.Holder.Builder holder, Instant since, String why) {
        return holder.setSince(Times.nanos(since)).setWhy(why).build();
    }

    private static List<String> strings(List<?> holds) {
        return holds.stream().map(Object::toString).toList();
    }

    /** The client's side of an upload. */
    private record Uploaded(PieceStream archive) implements StreamObserver<AdminWire.LoadImageRequest> {
        @Override
        public void onNext(AdminWire.LoadImageRequest request) {
            archive.put(request.getPiece().toByteArray());
        }

        @Override
        public void onError(Throwable brokenOff) {
            archive.breakOff();
        }

        @Override
        public void onCompleted() {
            archive.end();
        }
    }
}
