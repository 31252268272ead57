/** oci. */
package io.holdfast.oci;
