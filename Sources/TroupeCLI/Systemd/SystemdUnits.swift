internal import Envelope
internal import Troupe

/// A choreography as units of systemd: one service for each handler, and a target that wants them all.
struct SystemdUnits {
    struct Unit: Hashable {
        let name: String
        let text: String
    }

    let file: ChoreographyFile
    let home: Home
    let plans: [LaunchPlan]

    private var target: String { "\(file.name).target" }

    func units() -> [Unit] {
        plans.map { Unit(name: serviceName($0), text: service($0)) } + [Unit(name: target, text: targetText)]
    }

    private func serviceName(_ plan: LaunchPlan) -> String { "\(file.name)-\(plan.spec.name).service" }

    private var targetText: String {
        """
        # Written by troupe export systemd.
        [Unit]
        Description=The choreography \(file.name)
        Wants=\(plans.map(serviceName).joined(separator: " "))

        [Install]
        WantedBy=multi-user.target

        """
    }

    private func service(_ plan: LaunchPlan) -> String {
        // Without `up` the handler registers itself at its first start.
        var arguments = plan.arguments
        if case .all(let start)? = plan.spec.start { arguments += ["--start", start.rawValue] }
        let command = ([plan.program] + arguments).map(SystemdQuoting.argument).joined(separator: " ")
        var lines = [
            "# Written by troupe export systemd.",
            "[Unit]",
            "Description=The handler \(plan.spec.name) of the choreography \(file.name)",
            "PartOf=\(target)",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=notify",
            "NotifyAccess=main",
            "ExecStart=\(command)",
        ]
        lines += plan.environment.sorted { $0.key < $1.key }.map { name, value in
            value.map { "Environment=\(SystemdQuoting.word("\(name)=\($0)"))" }
                ?? "UnsetEnvironment=\(SystemdQuoting.word(name))"
        }
        lines += [
            "Restart=on-failure",
            "RestartSec=500ms",
            "# From systemd 254 on; earlier ones wait RestartSec each time.",
            "RestartSteps=6",
            "RestartMaxDelaySec=30s",
            "KillSignal=SIGTERM",
            "TimeoutStopSec=60s",
            "LimitNOFILE=65536",
            "UMask=0077",
            "",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "ReadWritePaths=\(SystemdQuoting.word(home.path))",
        ]
        lines += privateFolders
        lines += [
            "PrivateDevices=yes",
            "ProtectClock=yes",
            "ProtectControlGroups=yes",
            "ProtectHostname=yes",
            "ProtectKernelLogs=yes",
            "ProtectKernelModules=yes",
            "ProtectKernelTunables=yes",
            "MemoryDenyWriteExecute=yes",
            "LockPersonality=yes",
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
            "RestrictNamespaces=yes",
            "RestrictRealtime=yes",
            "RestrictSUIDSGID=yes",
            "SystemCallArchitectures=native",
            "SystemCallFilter=@system-service",
            "CapabilityBoundingSet=",
            "",
            "[Install]",
            "WantedBy=\(target)",
            "",
        ]
        return lines.joined(separator: "\n")
    }

    /// A home or a program below a folder that would be hidden keeps that folder visible.
    private var privateFolders: [String] {
        let paths = [home.path] + plans.map(\.program)
        func uses(_ folders: [String]) -> Bool {
            paths.contains { path in folders.contains { path.hasPrefix($0 + "/") } }
        }
        return [
            uses(["/tmp", "/var/tmp"])
                ? "# No PrivateTmp: the home or a program lies in a temporary folder." : "PrivateTmp=yes",
            uses(["/home", "/root", "/run/user"]) ? "ProtectHome=read-only" : "ProtectHome=yes",
        ]
    }
}
