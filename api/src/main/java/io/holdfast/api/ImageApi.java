package io.holdfast.api;

import io.grpc.stub.StreamObserver;
import io.holdfast.image.Image;
import io.holdfast.image.Images;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.ImageServiceGrpc.ImageServiceImplBase;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CRI's ImageService, a method an RPC. An image that is not here is no error of a status or a remove. */
public final class ImageApi extends ImageServiceImplBase {
    private final Images images;

    public ImageApi(Images images) {
        this.images = images;
    }

    @Override
    public void listImages(Cri.ListImagesRequest request, StreamObserver<Cri.ListImagesResponse> reply) {
        Answers.one(reply, () -> Lists.images(list(request.getFilter())));
    }

    @Override
    public void streamImages(Cri.StreamImagesRequest request, StreamObserver<Cri.StreamImagesResponse> reply) {
        Answers.pieces(reply, () -> list(request.getFilter()), Lists::imagePiece);
    }

    @Override
    public void imageStatus(Cri.ImageStatusRequest request, StreamObserver<Cri.ImageStatusResponse> reply) {
        Answers.one(reply, () -> status(images.find(ImageRequests.name(request.getImage())), request.getVerbose()));
    }

    @Override
    public void pullImage(Cri.PullImageRequest request, StreamObserver<Cri.PullImageResponse> reply) {
        Answers.one(
                reply,
                () -> Cri.PullImageResponse.newBuilder()
                        .setImageRef(images.pull(ImageRequests.pull(request)).id())
                        .build());
    }

    @Override
    public void removeImage(Cri.RemoveImageRequest request, StreamObserver<Cri.RemoveImageResponse> reply) {
        Answers.gone(
                reply,
                Cri.RemoveImageResponse.getDefaultInstance(),
                () -> images.remove(ImageRequests.name(request.getImage())));
    }

    @Override
    public void imageFsInfo(Cri.ImageFsInfoRequest request, StreamObserver<Cri.ImageFsInfoResponse> reply) {
        Answers.one(reply, () -> ImageReplies.usage(images.usage()));
    }

    /** The filter's image is one, by any of its names; without it, all. */
    private List<Cri.Image> list(Cri.ImageFilter filter) {
        List<Image> found = filter.getImage().getImage().isEmpty()
                ? images.list()
                : images.find(ImageRequests.name(filter.getImage())).stream().toList();
        return found.stream().map(ImageReplies::image).toList();
    }

    private static Cri.ImageStatusResponse status(Optional<Image> found, boolean verbose) {
        return found.map(image -> Cri.ImageStatusResponse.newBuilder()
                        .setImage(ImageReplies.image(image))
                        .putAllInfo(verbose ? Details.image(image) : Map.of())
                        .build())
                .orElseGet(Cri.ImageStatusResponse::getDefaultInstance);
    }
}
