package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	remote "k8s.io/cri-client/pkg"
	"k8s.io/utils/exec"
)

// pod is one pod's life as a kubelet leads it, from the sandbox to its removal.
type pod struct {
	*node
	config    *cri.PodSandboxConfig
	container *cri.ContainerConfig
	sandbox   string
	first     string
	second    string
}

func newPod(n *node) *pod {
	uid := fmt.Sprintf("kubeclient-%d", os.Getpid())
	container := &cri.ContainerConfig{
		Metadata: &cri.ContainerMetadata{Name: "main"},
		Image:    n.image(),
		Command:  []string{"sh", "-c", "trap 'exit 4' TERM; echo up; while :; do sleep 0.1; done"},
		LogPath:  "main/0.log",
		Labels:   map[string]string{"uid": uid},
		Linux: &cri.LinuxContainerConfig{
			Resources: &cri.LinuxContainerResources{CpuShares: 100, MemoryLimitInBytes: 64 << 20},
			SecurityContext: &cri.LinuxContainerSecurityContext{
				NamespaceOptions: &cri.NamespaceOption{Pid: cri.NamespaceMode_CONTAINER},
				Seccomp:          &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault},
			},
		},
	}
	config := &cri.PodSandboxConfig{
		Metadata:     &cri.PodSandboxMetadata{Name: "kubeclient", Namespace: "it", Uid: uid},
		Hostname:     "kubeclient",
		LogDirectory: n.options.logs,
		Labels:       map[string]string{"uid": uid},
		Linux: &cri.LinuxPodSandboxConfig{
			CgroupParent: n.options.cgroup,
			SecurityContext: &cri.LinuxSandboxSecurityContext{
				NamespaceOptions: &cri.NamespaceOption{Pid: cri.NamespaceMode_CONTAINER},
			},
		},
	}
	return &pod{node: n, config: config, container: container}
}

func (p *pod) steps() []step {
	return []step{
		{"RunPodSandbox", p.run},
		{"PodSandboxStatus: ready, with an address", p.ready},
		{"ListPodSandbox finds it by label and state", p.listPods},
		{"CreateContainer of an image that is not there is NotFound", p.createWithoutImage},
		{"CreateContainer", p.create},
		{"ContainerStatus: created", p.created},
		{"StartContainer", func(ctx context.Context) error { return p.runtime.StartContainer(ctx, p.first) }},
		{"ContainerStatus: running", func(ctx context.Context) error {
			return p.state(ctx, p.first, cri.ContainerState_CONTAINER_RUNNING)
		}},
		{"ListContainers finds it by sandbox and state", p.listContainers},
		{"the log has its first line", p.log},
		{"ExecSync answers the output", p.exec},
		{"ExecSync answers the exit code", p.execFails},
		{"ExecSync that takes too long is known to the kubelet as such", p.execHangs},
		{"ContainerStats and ListContainerStats", p.stats},
		{"UpdateContainerResources", p.update},
		{"ReopenContainerLog after a rotation", p.rotate},
		{"StopContainer lets the container end itself", p.stop},
		{"CreateContainer and StartContainer of the next attempt", p.nextAttempt},
		{"RemoveContainer of the attempt before", p.removeFirst},
		{"StopPodSandbox ends what still runs", p.stopSandbox},
		{"RemovePodSandbox", p.remove},
		{"what is gone is NotFound, and stopped and removed at leisure", p.gone},
	}
}

func (p *pod) run(ctx context.Context) (err error) {
	p.sandbox, err = p.runtime.RunPodSandbox(ctx, p.config, p.options.handler)
	return err
}

func (p *pod) ready(ctx context.Context) error {
	s, err := p.runtime.PodSandboxStatus(ctx, p.sandbox, true)
	if err != nil {
		return err
	}
	return want(s.Status.State == cri.PodSandboxState_SANDBOX_READY && s.Status.Network.GetIp() != "" && len(s.Info) > 0,
		"status is %v", s)
}

func (p *pod) listPods(ctx context.Context) error {
	pods, err := p.runtime.ListPodSandbox(ctx, &cri.PodSandboxFilter{
		LabelSelector: p.config.Labels,
		State:         &cri.PodSandboxStateValue{State: cri.PodSandboxState_SANDBOX_READY},
	})
	if err != nil {
		return err
	}
	return want(len(pods) == 1 && pods[0].Id == p.sandbox, "listed %v", pods)
}

func (p *pod) createWithoutImage(ctx context.Context) error {
	config := proto.Clone(p.container).(*cri.ContainerConfig)
	config.Metadata.Name = "no-image"
	config.Image.Image = p.options.missing
	_, err := p.runtime.CreateContainer(ctx, p.sandbox, config, p.config)
	return wantCode(err, codes.NotFound)
}

func (p *pod) create(ctx context.Context) (err error) {
	p.first, err = p.runtime.CreateContainer(ctx, p.sandbox, p.container, p.config)
	return err
}

func (p *pod) created(ctx context.Context) error {
	s, err := p.runtime.ContainerStatus(ctx, p.first, false)
	if err != nil {
		return err
	}
	log := filepath.Join(p.options.logs, p.container.LogPath)
	return want(s.Status.State == cri.ContainerState_CONTAINER_CREATED && s.Status.LogPath == log && s.Status.ImageRef != "",
		"status is %v", s.Status)
}

func (p *pod) state(ctx context.Context, id string, wanted cri.ContainerState) error {
	s, err := p.runtime.ContainerStatus(ctx, id, false)
	if err != nil {
		return err
	}
	return want(s.Status.State == wanted, "status is %v", s.Status)
}

func (p *pod) listContainers(ctx context.Context) error {
	listed, err := p.runtime.ListContainers(ctx, &cri.ContainerFilter{
		PodSandboxId: p.sandbox,
		State:        &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING},
	})
	if err != nil {
		return err
	}
	return want(len(listed) == 1 && listed[0].Id == p.first, "listed %v", listed)
}

func (p *pod) log(context.Context) error {
	return eventually(func() error {
		text, err := os.ReadFile(filepath.Join(p.options.logs, p.container.LogPath))
		if err != nil {
			return err
		}
		return want(strings.HasSuffix(string(text), " stdout F up\n"), "the log is %q", text)
	})
}

func (p *pod) exec(ctx context.Context) error {
	out, errs, err := p.runtime.ExecSync(ctx, p.first, []string{"sh", "-c", "echo out; echo err >&2"}, 10*time.Second)
	if err != nil {
		return err
	}
	return want(string(out) == "out\n" && string(errs) == "err\n", "it said %q and %q", out, errs)
}

func (p *pod) execFails(ctx context.Context) error {
	_, _, err := p.runtime.ExecSync(ctx, p.first, []string{"sh", "-c", "exit 6"}, 10*time.Second)
	var exit exec.ExitError
	return want(errors.As(err, &exit) && exit.ExitStatus() == 6, "the error is %v", err)
}

func (p *pod) execHangs(ctx context.Context) error {
	_, _, err := p.runtime.ExecSync(ctx, p.first, []string{"sleep", "60"}, time.Second)
	return want(errors.Is(err, remote.ErrCommandTimedOut), "the error is %v", err)
}

func (p *pod) stats(ctx context.Context) error {
	one, err := p.runtime.ContainerStats(ctx, p.first)
	if err != nil {
		return err
	}
	all, err := p.runtime.ListContainerStats(ctx, &cri.ContainerStatsFilter{PodSandboxId: p.sandbox})
	if err != nil {
		return err
	}
	return want(one.Memory.GetWorkingSetBytes().GetValue() > 0 && len(all) == 1 && all[0].Attributes.Id == p.first,
		"stats are %v and %v", one, all)
}

func (p *pod) update(ctx context.Context) error {
	return p.runtime.UpdateContainerResources(ctx, p.first,
		&cri.ContainerResources{Linux: &cri.LinuxContainerResources{MemoryLimitInBytes: 80 << 20}})
}

func (p *pod) rotate(ctx context.Context) error {
	log := filepath.Join(p.options.logs, p.container.LogPath)
	if err := os.Rename(log, log+".1"); err != nil {
		return err
	}
	if err := p.runtime.ReopenContainerLog(ctx, p.first); err != nil {
		return err
	}
	_, err := os.Stat(log)
	return err
}

func (p *pod) stop(ctx context.Context) error {
	if err := p.runtime.StopContainer(ctx, p.first, 30); err != nil {
		return err
	}
	s, err := p.runtime.ContainerStatus(ctx, p.first, false)
	if err != nil {
		return err
	}
	return want(s.Status.ExitCode == 4 && s.Status.Reason == "Error" && s.Status.FinishedAt > s.Status.StartedAt,
		"status is %v", s.Status)
}

func (p *pod) nextAttempt(ctx context.Context) (err error) {
	config := proto.Clone(p.container).(*cri.ContainerConfig)
	config.Metadata.Attempt = 1
	config.LogPath = "main/1.log"
	if p.second, err = p.runtime.CreateContainer(ctx, p.sandbox, config, p.config); err != nil {
		return err
	}
	if err = p.runtime.StartContainer(ctx, p.second); err != nil {
		return err
	}
	return p.state(ctx, p.second, cri.ContainerState_CONTAINER_RUNNING)
}

func (p *pod) removeFirst(ctx context.Context) error {
	if err := p.runtime.RemoveContainer(ctx, p.first); err != nil {
		return err
	}
	listed, err := p.runtime.ListContainers(ctx, &cri.ContainerFilter{PodSandboxId: p.sandbox})
	if err != nil {
		return err
	}
	return want(len(listed) == 1 && listed[0].Id == p.second, "listed %v", listed)
}

func (p *pod) stopSandbox(ctx context.Context) error {
	if err := p.runtime.StopPodSandbox(ctx, p.sandbox); err != nil {
		return err
	}
	return p.state(ctx, p.second, cri.ContainerState_CONTAINER_EXITED)
}

func (p *pod) remove(ctx context.Context) error {
	return p.runtime.RemovePodSandbox(ctx, p.sandbox)
}

func (p *pod) gone(ctx context.Context) error {
	_, err := p.runtime.PodSandboxStatus(ctx, p.sandbox, false)
	if err := wantCode(err, codes.NotFound); err != nil {
		return err
	}
	_, err = p.runtime.ContainerStatus(ctx, p.second, false)
	return errors.Join(wantCode(err, codes.NotFound),
		p.runtime.RemovePodSandbox(ctx, p.sandbox), p.runtime.RemoveContainer(ctx, p.second))
}

// cleanUp removes what steps after the one that failed would have removed.
func (p *pod) cleanUp(ctx context.Context) error {
	left, err := p.runtime.ListPodSandbox(ctx, &cri.PodSandboxFilter{LabelSelector: p.config.Labels})
	for _, sandbox := range left {
		err = errors.Join(err, p.runtime.StopPodSandbox(ctx, sandbox.Id), p.runtime.RemovePodSandbox(ctx, sandbox.Id))
	}
	return err
}

// eventually tries until it succeeds, for ten seconds.
func eventually(try func() error) error {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err := try(); err == nil || time.Now().After(end) {
			return err
		}
	}
}
