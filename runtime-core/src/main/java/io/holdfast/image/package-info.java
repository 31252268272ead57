/** image. */
package io.holdfast.image;
