/** snapshot. */
package io.holdfast.snapshot;
