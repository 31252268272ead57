package io.holdfast.image;

/** An image to be pulled. Its text form is the reference alone: it names the pull in messages and threads. */
public record PullRequest(String reference, Credentials credentials) {
    @Override
    public String toString() {
        return "pulling " + reference;
    }
}
