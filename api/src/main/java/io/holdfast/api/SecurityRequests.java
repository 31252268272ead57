package io.holdfast.api;

import io.holdfast.container.Security;
import io.holdfast.container.Security.Apparmor;
import io.holdfast.container.Security.RunAs;
import io.holdfast.container.Security.Seccomp;
import io.holdfast.container.Security.SelinuxLabel;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.SandboxConfig.SandboxSecurity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Parses the security contexts of sandboxes and containers. */
final class SecurityRequests {
    /** The highest id that the kernel does not take for "none". */
    private static final long MOST_ID = 0xFFFF_FFFEL;

    private static final int MOST_NAME = 256;
    private static final int MOST_PATHS = 256;
    private static final Pattern CAPABILITY = Pattern.compile("[A-Za-z][A-Za-z0-9_]{1,63}");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.:,-]*");

    private SecurityRequests() {}

    static SandboxSecurity sandbox(String field, Cri.LinuxSandboxSecurityContext wire) {
        user(field, wire.hasRunAsUser(), wire.getRunAsUser(), "");
        group(field, wire.hasRunAsGroup(), wire.getRunAsGroup(), wire.hasRunAsUser());
        groups(field + ".supplemental_groups", wire.getSupplementalGroupsList());
        policy(field, wire.getSupplementalGroupsPolicy());
        apparmor(field + ".apparmor", wire.getApparmor(), wire.hasApparmor());
        refuseOld(field + ".seccomp_profile_path", deprecatedSeccomp(wire), wire.hasSeccomp(), "seccomp");
        seccomp(field + ".seccomp", wire.getSeccomp(), wire.hasSeccomp());
        return new SandboxSecurity(
                wire.getPrivileged(),
                selinux(field + ".selinux_options", wire.getSelinuxOptions(), wire.hasSelinuxOptions()));
    }

    static Security container(String field, Cri.LinuxContainerSecurityContext wire) {
        refuseOld(field + ".seccomp_profile_path", deprecatedSeccomp(wire), wire.hasSeccomp(), "seccomp");
        refuseOld(field + ".apparmor_profile", deprecatedApparmor(wire), wire.hasApparmor(), "apparmor");
        RunAs runAs = user(field, wire.hasRunAsUser(), wire.getRunAsUser(), wire.getRunAsUsername());
        return new Security(
                wire.getPrivileged(),
                NamespaceRequests.container(field + ".namespace_options", wire.getNamespaceOptions()),
                capabilities(field + ".capabilities", wire.getCapabilities()),
                runAs,
                group(field, wire.hasRunAsGroup(), wire.getRunAsGroup(), !(runAs instanceof RunAs.ImageDefault)),
                groups(field + ".supplemental_groups", wire.getSupplementalGroupsList()),
                policy(field, wire.getSupplementalGroupsPolicy()),
                wire.getReadonlyRootfs(),
                wire.getNoNewPrivs(),
                paths(field + ".masked_paths", wire.getMaskedPathsList()),
                paths(field + ".readonly_paths", wire.getReadonlyPathsList()),
                seccomp(field + ".seccomp", wire.getSeccomp(), wire.hasSeccomp()),
                apparmor(field + ".apparmor", wire.getApparmor(), wire.hasApparmor()),
                selinux(field + ".selinux_options", wire.getSelinuxOptions(), wire.hasSelinuxOptions()));
    }

    private static RunAs user(String field, boolean present, Cri.Int64Value uid, String name) {
        if (present && !name.isEmpty()) {
            throw Fields.invalid(field + ".run_as_username", "stands together with run_as_user; only one can be");
        }
        if (present) {
            return new RunAs.Uid(Fields.range(field + ".run_as_user", uid.getValue(), 0, MOST_ID));
        }
        return name.isEmpty()
                ? new RunAs.ImageDefault()
                : new RunAs.Name(Fields.name(field + ".run_as_username", name, MOST_NAME));
    }

    private static OptionalLong group(String field, boolean present, Cri.Int64Value gid, boolean userGiven) {
        if (present && !userGiven) {
            throw Fields.invalid(field + ".run_as_group", "must not be set without run_as_user or run_as_username");
        }
        return present
                ? OptionalLong.of(Fields.range(field + ".run_as_group", gid.getValue(), 0, MOST_ID))
                : OptionalLong.empty();
    }

    private static List<Long> groups(String field, List<Long> gids) {
        gids.forEach(gid -> Fields.range(field, gid, 0, MOST_ID));
        return gids;
    }

    private static Security.GroupsPolicy policy(String field, Cri.SupplementalGroupsPolicy policy) {
        return switch (policy) {
            case Merge -> Security.GroupsPolicy.MERGE;
            case Strict -> Security.GroupsPolicy.STRICT;
            case UNRECOGNIZED -> throw Fields.unknown(field + ".supplemental_groups_policy");
        };
    }

    private static Security.Capabilities capabilities(String field, Cri.Capability wire) {
        return new Security.Capabilities(
                names(field + ".add_capabilities", wire.getAddCapabilitiesList()),
                names(field + ".drop_capabilities", wire.getDropCapabilitiesList()),
                names(field + ".add_ambient_capabilities", wire.getAddAmbientCapabilitiesList()));
    }

    private static List<String> names(String field, List<String> names) {
        names.forEach(name -> Fields.matching(field, name, CAPABILITY, "names of capabilities"));
        return names;
    }

    private static List<String> paths(String field, List<String> paths) {
        if (paths.size() > MOST_PATHS) {
            throw Fields.invalid(field, "has more than " + MOST_PATHS + " paths");
        }
        return paths.stream().map(path -> Fields.absolutePath(field, path)).toList();
    }

    /** No message is no profile, as CRI says; a kubelet sends one for each container. */
    private static Seccomp seccomp(String field, Cri.SecurityProfile profile, boolean present) {
        if (!present) {
            return new Seccomp.Unconfined();
        }
        refuseStray(field, profile);
        return switch (profile.getProfileType()) {
            case RuntimeDefault -> new Seccomp.RuntimeDefault();
            case Unconfined -> new Seccomp.Unconfined();
            case Localhost ->
                new Seccomp.Localhost(
                        Path.of(Fields.absolutePath(field + ".localhost_ref", profile.getLocalhostRef())));
            case UNRECOGNIZED -> throw Fields.unknown(field + ".profile_type");
        };
    }

    private static Apparmor apparmor(String field, Cri.SecurityProfile profile, boolean present) {
        if (!present) {
            return new Apparmor.RuntimeDefault();
        }
        refuseStray(field, profile);
        return switch (profile.getProfileType()) {
            case RuntimeDefault -> new Apparmor.RuntimeDefault();
            case Unconfined -> new Apparmor.Unconfined();
            case Localhost ->
                new Apparmor.Localhost(Fields.line(
                        field + ".localhost_ref",
                        Fields.required(field + ".localhost_ref", profile.getLocalhostRef()),
                        MOST_NAME));
            case UNRECOGNIZED -> throw Fields.unknown(field + ".profile_type");
        };
    }

    private static void refuseStray(String field, Cri.SecurityProfile profile) {
        if (profile.getProfileType() != Cri.SecurityProfile.ProfileType.Localhost
                && !profile.getLocalhostRef().isEmpty()) {
            throw Fields.invalid(field + ".localhost_ref", "stands without profile_type Localhost");
        }
    }

    private static Optional<SelinuxLabel> selinux(String field, Cri.SELinuxOption wire, boolean present) {
        if (!present) {
            return Optional.empty();
        }
        return Optional.of(new SelinuxLabel(
                label(field + ".user", wire.getUser()),
                label(field + ".role", wire.getRole()),
                label(field + ".type", wire.getType()),
                label(field + ".level", wire.getLevel())));
    }

    private static String label(String field, String value) {
        return Fields.matching(field, value, LABEL, "a part of an SELinux label");
    }

    /** A caller that knows only the old field would be given another confinement than it asked for. */
    private static void refuseOld(String field, String value, boolean replaced, String by) {
        Fields.unsupported(field, !replaced && !value.isEmpty(), "is no longer read; set " + by + " instead");
    }

    @SuppressWarnings("deprecation")
    private static String deprecatedSeccomp(Cri.LinuxSandboxSecurityContext wire) {
        return wire.getSeccompProfilePath();
    }

    @SuppressWarnings("deprecation")
    private static String deprecatedSeccomp(Cri.LinuxContainerSecurityContext wire) {
        return wire.getSeccompProfilePath();
    }

    @SuppressWarnings("deprecation")
    private static String deprecatedApparmor(Cri.LinuxContainerSecurityContext wire) {
        return wire.getApparmorProfile();
    }
}
