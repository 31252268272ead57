/** registry. */
package io.holdfast.registry;
